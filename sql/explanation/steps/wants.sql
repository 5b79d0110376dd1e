-- title: What names a metric, input or composite as its source: KPIs, and composites' parts
-- grain: one row per figure and source
select year, period, basis, figure, source, channel, service, null as weight,
    null as authority, null as is_assumption, null as part_text, counted_from
from kpis
where basis = 'computed' and is_direct
    and (counted_from is null or source not like 'composite:%')
union all
-- a KPI that begins within the period rests on months and quarters, those of its composite's parts too
select
    kpis.year,
    kpis.period,
    kpis.basis,
    kpis.figure,
    parts.source,
    parts.channel,
    parts.service,
    parts.weight,
    parts.authority,
    parts.is_assumption,
    parts.part_id || ': ',
    kpis.counted_from
from kpis
join ref.composite_parts as parts
    on kpis.source = 'composite:' || parts.composite_id
    and is_in_force(kpis.period_end, parts.valid_from, parts.valid_to)
where kpis.basis = 'computed' and kpis.is_direct and kpis.counted_from is not null
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
    parts.part_id || ': ',
    null
from kpi.composites as composites
join ref.composite_parts as parts
    on parts.composite_id = composites.composite_id
    and is_in_force(composites.period_end, parts.valid_from, parts.valid_to)
