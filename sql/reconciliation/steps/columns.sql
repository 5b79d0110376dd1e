-- title: The printed figures that a year's figure is made of: its quarters or months
-- grain: one row per figure of a year and column beside it
-- reads: reference.printed, reference.kpis, ref.composite_parts
with figures as (
    select * from reference.printed where value is not null and not is_worded
),

years as (
    select * from figures
    where kind = 'year' and not is_average
        and (measure = 'realisation' or subject_key like '%:' || measure)
),

cells as (
    select
        * exclude (kind),
        if(is_average, 'average', kind) as kind,
        case when is_average then 'Average' else period[6:] end as label
    from figures
    where kind in ('quarter', 'month') or is_average
),

-- the register says what a KPI's realisation is made from
asked as (
    select figure_id, subject_key, channel, service, measure, year from years
    union all
    select
        years.figure_id,
        kpis.source,
        kpis.channel,
        kpis.service,
        split_part(kpis.source, ':', 2),
        years.year
    from years
    join reference.kpis as kpis using (subject_key)
    -- what one channel or service reached is not what all of them are made into
    where years.measure = 'realisation' and coalesce(years.channel, years.service) is null
),

direct as (
    select asked.figure_id, cells.label, cells.kind, cells.section, cells.value, cells.places
    from asked
    join cells using (subject_key, measure, year)
    where cells.channel is not distinct from asked.channel
        and cells.service is not distinct from asked.service
),

-- a composite that is not printed itself, from the parts that are
weighted as (
    select
        asked.figure_id,
        cells.label,
        cells.kind,
        cells.section,
        sum(parts.weight * cells.value order by parts.part_id)
            / sum(parts.weight order by parts.part_id) as value,
        min(cells.places) as places
    from asked
    join ref.composite_parts as parts
        on asked.subject_key = 'composite:' || parts.composite_id
    join cells
        on cells.subject_key = parts.source
        and cells.measure = split_part(parts.source, ':', 2)
        and cells.channel is not distinct from parts.channel
        and cells.service is not distinct from parts.service
        and cells.year = asked.year
        and is_in_force(cells.period_end, parts.valid_from, parts.valid_to)
    where not exists (from direct where direct.figure_id = asked.figure_id)
    group by all
    -- all of them, each once: what weighs 1 together
    having abs(sum(parts.weight order by parts.part_id) - 1) < 1e-9
        and count(distinct parts.part_id) = count(*)
)

select figure_id, label, kind, section, cast(value as double) as value, places from direct
union all
select figure_id, label, kind, section, value, places from weighted
order by figure_id, section, label
