-- title: A KPI rests on the target that holds for the period
-- of decisions on one target the latest holds; the period's own goes before the year's
with decisions as (
    select
        kpi_id,
        year,
        period,
        cast(target as double) as value,
        format('{:g}', value) || ' for ' || if(period = '*', 'every period', period)
        || ', decided on ' || decided_on as text,
        authority,
        is_assumption
    from ref.targets
    qualify decided_on = max(decided_on) over (partition by kpi_id, year, period)
)

select
    kpis.year,
    kpis.period,
    kpis.basis,
    kpis.figure,
    'targets:' || kpis.kpi_id || ' ' || kpis.year as part,
    'target' as kind,
    targets.value,
    targets.text,
    targets.authority,
    targets.is_assumption
from kpis
join decisions as targets
    on targets.kpi_id = kpis.kpi_id
    and targets.year = kpis.year
    and targets.period in (kpis.target_period, '*')
qualify row_number() over (
    partition by kpis.year, kpis.period, kpis.basis, kpis.figure
    order by targets.period = '*'
) = 1
