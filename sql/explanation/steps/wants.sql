-- title: What names a metric, input or composite as its source: KPIs, and composites' parts
-- grain: one row per figure and source
-- a KPI that begins within the period rests on months and quarters, also of its composite's parts
with naming_parts as (
    select year, period, period_end, basis, figure, source, counted_from
    from kpis
    where basis = 'computed' and is_direct and counted_from is not null
    union all
    select
        year, period, period_end, 'computed', 'composite:' || composite_id,
        'composite:' || composite_id, null
    from kpi.composites
)

select year, period, basis, figure, source, channel, service, null as weight,
    null as authority, null as is_assumption, null as part_text, counted_from
from kpis
where basis = 'computed' and is_direct
    and (counted_from is null or source not like 'composite:%')
union all
select
    naming.year,
    naming.period,
    naming.basis,
    naming.figure,
    parts.source,
    parts.channel,
    parts.service,
    parts.weight,
    parts.authority,
    parts.is_assumption,
    parts.part_id || ': ',
    naming.counted_from
from naming_parts as naming
join ref.composite_parts as parts
    on naming.source = 'composite:' || parts.composite_id
    and is_in_force(naming.period_end, parts.valid_from, parts.valid_to)
