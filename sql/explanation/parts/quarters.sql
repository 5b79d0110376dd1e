-- title: Longer periods of a KPI that is not pooled rest on its quarters
select
    kpis.year,
    kpis.period,
    kpis.basis,
    kpis.figure,
    quarter.period as part_period,
    quarter.basis as part_basis,
    quarter.figure as part,
    'quarter' as kind,
    quarter.realisation as value,
    quarter.status,
    quarter.reason as text
from kpis
join (select distinct year, period, quarter from ref.calendar) as held
    on held.year = kpis.year and held.period = kpis.period
join cards as quarter
    on quarter.year = kpis.year
    and quarter.period = held.quarter
    and quarter.figure = kpis.figure
    and quarter.basis = 'computed'
where kpis.basis = 'computed' and not kpis.is_direct
