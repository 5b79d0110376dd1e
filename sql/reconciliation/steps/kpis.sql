-- title: The KPIs of the register, each as it was decided last
-- grain: one row per KPI
-- reads: ref.kpis
select
    'kpi:' || kpi_id as subject_key,
    source,
    channel,
    service,
    polarity,
    consolidation,
    -- a report may print an index of a year in which the cap was higher
    max(cap_high) over (partition by kpi_id) as cap
from ref.kpis
qualify row_number() over (partition by kpi_id order by valid_from desc) = 1
order by kpi_id
