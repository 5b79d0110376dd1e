-- title: A figure of a running period is shown to date, one that has ended must be complete
select
    figures.year,
    figures.period,
    figures.basis,
    figures.figure,
    'period' as part,
    'state' as kind,
    'the period ' || if(periods.period_state = 'closed', 'has ended', 'is running') as text
from (
    select year, period, basis, figure from kpis
    union all
    select year, period, 'computed', 'composite:' || composite_id from kpi.composites
    union all
    select year, period, 'computed', figure from cells
) as figures
join periods using (year, period)
