-- title: What names a metric, input or composite as its source: KPIs, and composites' parts
-- grain: one row per figure and source
select year, period, basis, figure, source, channel, service, null as weight,
    null as authority, null as is_assumption, null as part_text
from kpis
where basis = 'computed' and is_direct
union all
select
    composites.year,
    composites.period,
    'computed',
    'composite:' || composites.composite_id,
    parts.source,
    parts.channel,
    parts.service,
    parts.weight,
    parts.authority,
    parts.is_assumption,
    parts.part_id || ': '
from kpi.composites as composites
join ref.composite_parts as parts
    on parts.composite_id = composites.composite_id
    and is_in_force(composites.period_end, parts.valid_from, parts.valid_to)
