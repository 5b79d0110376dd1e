-- title: The KPIs of the register, each as it was decided last
-- grain: one row per KPI
-- reads: ref.kpis
select
    'kpi:' || kpi_id as subject_key,
    arg_max(source, valid_from) as source,
    arg_max(channel, valid_from) as channel,
    arg_max(service, valid_from) as service,
    arg_max(polarity, valid_from) as polarity,
    arg_max(consolidation, valid_from) as consolidation,
    max(cap_high) as cap
from ref.kpis
group by kpi_id
order by kpi_id
