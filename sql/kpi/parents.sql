-- title: One level up the tree: the weighted mean of what is measured below
-- grain: one row per parent, year, period and basis
-- reads: kpi.changes, kpi.children, ref.calendar, ref.weights, ref.nodes
-- order: year, period, id, basis
with children as (
    select
        weights.parent_id,
        cast(weights.weight as double) as weight,
        calendar.period_begin,
        last_change('weights', weights.parent_id, children.period_end) as changed_on,
        children.*
    from kpi.children as children
    join (select distinct year, period, period_begin from ref.calendar) as calendar
        using (year, period)
    join ref.weights as weights
        on weights.child_id = children.id
        and is_in_force(children.period_end, weights.valid_from, weights.valid_to)
),

combined as (
    select
        parent_id,
        year,
        period,
        period_end,
        basis,
        sum(weight * index order by id)
            / nullif(sum(weight order by id) filter (index is not null), 0) as index,
        -- what a KPI's zero rule leaves out weighs nothing; the others share its weight
        round(
            coalesce(sum(weight * measured_weight order by id), 0)
            / nullif(1 - coalesce(sum(weight order by id) filter (is_excluded is true), 0), 0), 12
        ) as measured_weight,
        bool_and(is_excluded is true) as is_excluded,
        string_agg(coalesce(code, id) || ' ' || status || ': ' || reason, '; ' order by id)
            filter (is_excluded is not true and (index is null or measured_weight < 1)) as lacking,
        held_since('weights', any_value(changed_on), any_value(period_begin)) as since,
        coalesce(null_status(status), 'no_volume') as null_status,
        value_status(status) as value_status
    from children
    group by parent_id, year, period, period_end, basis
)

select
    combined.year,
    combined.period,
    combined.period_end,
    combined.basis,
    nodes.level,
    combined.parent_id as id,
    nodes.code,
    nodes.name_id,
    nodes.name_en,
    cast(null as double) as target,
    cast(null as double) as realisation,
    combined.index as index_raw,
    combined.index,
    cast(0 as double) as points_lost_to_cap,
    coalesce(combined.measured_weight, 0) as measured_weight,
    combined.is_excluded,
    cast(null as text) as polarity,
    cast(null as text) as consolidation,
    case
        when combined.index is null then null_status
        -- computed from what is measured, and never shown as if complete
        when combined.measured_weight < 1 then 'incomplete'
        else value_status
    end as status,
    case
        when combined.measured_weight < 1
            then 'weight measured ' || round(100 * combined.measured_weight, 1) || ' %'
            || coalesce('; without ' || lacking, '')
        else 'weighted mean of the level below'
    end || if(combined.index is null, '', combined.since) as reason
from combined
join ref.nodes as nodes
    on nodes.node_id = combined.parent_id
    and is_in_force(combined.period_end, nodes.valid_from, nodes.valid_to)
