-- title: Scorecard: KPIs, objectives, perspectives and the organisation
-- grain: one row per year, period, node of the tree and basis
-- reads: kpi.tree, ref.weights
-- order: year, period, level, id, basis
with placed as (
    select
        tree.*,
        weights.parent_id,
        cast(weights.weight as double) as weight,
        bool_or(
            tree.basis = 'reported' and (tree.level = 'kpi' or tree.measured_weight >= 1)
        ) over (partition by tree.year, tree.period, tree.id) as has_reported
    from kpi.tree as tree
    left join ref.weights as weights
        on weights.child_id = tree.id
        and is_in_force(tree.period_end, weights.valid_from, weights.valid_to)
)

select
    cast(year as integer) as year,
    period,
    level,
    id,
    code,
    name_id,
    name_en,
    parent_id,
    target,
    realisation,
    index_raw,
    index,
    points_lost_to_cap,
    weight,
    weight * index as contribution,
    cast(measured_weight as double) as measured_weight,
    polarity,
    consolidation,
    basis,
    -- a figure reported on authority is the one to quote, where all of it is reported
    basis = if(has_reported, 'reported', 'computed') as is_official,
    cast(null as integer) as revision,
    status,
    reason
from placed
