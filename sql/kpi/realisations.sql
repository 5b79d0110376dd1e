-- title: Realisation of each KPI in each period, computed and reported
-- grain: one row per KPI, year, period and basis
-- reads: kpi.direct, kpi.consolidated, ref.reported
-- order: year, period, kpi_id, basis
select
    kpi_id,
    year,
    period,
    period_end,
    period_state,
    'computed' as basis,
    value,
    status,
    reason,
    is_proven,
    period as target_period
from kpi.direct
where is_direct
union all
select
    kpis.kpi_id,
    kpis.year,
    kpis.period,
    kpis.period_end,
    kpis.period_state,
    'computed' as basis,
    consolidated.value,
    coalesce(consolidated.status, 'not_reported') as status,
    coalesce(consolidated.reason, 'none of its quarters is known yet') as reason,
    coalesce(consolidated.is_proven, false) as is_proven,
    coalesce(consolidated.target_period, kpis.period) as target_period
from kpi.direct as kpis
left join kpi.consolidated as consolidated using (kpi_id, year, period)
where not kpis.is_direct
union all
select
    kpis.kpi_id,
    kpis.year,
    kpis.period,
    kpis.period_end,
    kpis.period_state,
    'reported' as basis,
    cast(reported.realisation as double) as value,
    'measured' as status,
    'reported: ' || reported.authority as reason,
    true as is_proven,
    kpis.period as target_period
from kpi.direct as kpis
join ref.reported as reported using (kpi_id, year, period)
