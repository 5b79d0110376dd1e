-- title: The days from which a KPI, a composite or a node is counted from something else, or scored otherwise, than before
-- grain: one row per what (source, polarity, cap, parts, weights, conversion), id and day
-- reads: ref.kpis, ref.composite_parts, ref.weights, ref.conversions
-- order: what, id, day
-- Its first rows follow none, and a row that repeats the one before (another name, another
-- authority) changes nothing of this. What is converted was not before its first rows.
with rows as (
    select
        'source' as what,
        kpi_id as id,
        valid_from,
        valid_to,
        row(source, channel, service, null::text, null::double) as counted
    from ref.kpis
    union all
    select 'polarity', kpi_id, valid_from, valid_to, row(polarity, null, null, null, null)
    from ref.kpis
    union all
    select 'cap', kpi_id, valid_from, valid_to, row(null, null, null, cap_low, cap_high) from ref.kpis
    union all
    select
        'parts', composite_id, valid_from, valid_to,
        row(source, channel, service, part_id, weight)
    from ref.composite_parts
    union all
    select 'weights', parent_id, valid_from, valid_to, row(null, null, null, child_id, weight)
    from ref.weights
    union all
    select
        'conversion', kpi_id, valid_from, valid_to,
        row(
            cast(from_value as text), cast(to_value as text), cast(base_index as text),
            cast(base_value as text), divisor
        )
    from ref.conversions
),

begun as (
    select what, id, counted, valid_from as day
    from rows
    qualify what = 'conversion' or valid_from > min(valid_from) over (partition by what, id)
)

select distinct begun.what, begun.id, begun.day
from begun
anti join rows as former
    on former.what = begun.what
    and former.id = begun.id
    and former.counted is not distinct from begun.counted
    and former.valid_to + 1 = begun.day
