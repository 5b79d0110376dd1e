-- title: Occupancy by the house formula
-- unit: ratio
-- numerator: the parts of agents' time that the formula in force counts as occupied, seconds
-- denominator: the parts of agents' time that the formula in force divides by, seconds
-- rollup: sum
-- grains: day
-- reads: fact.agent_activity, ref.occupancy_formula
-- since: 2024-01
with parts as (
    select
        agent_activity.*,
        unnest([
            {'part': 'active', 'seconds': active_seconds},
            {'part': 'hold', 'seconds': hold_seconds},
            {'part': 'acw', 'seconds': acw_seconds},
            {'part': 'not_ready', 'seconds': not_ready_seconds},
            {'part': 'available', 'seconds': available_seconds}
        ], recursive := true)
    from fact.agent_activity
    where channel is not null
)

select
    parts.month,
    parts.channel,
    parts.source,
    formula.formula_id as policy_id,
    coalesce(sum(parts.seconds * formula.numerator), 0) as numerator,
    coalesce(sum(parts.seconds * formula.denominator), 0) as denominator
from parts
join ref.occupancy_formula as formula
    on formula.part = parts.part
    and is_in_force(parts.day, formula.valid_from, formula.valid_to)
group by parts.month, parts.channel, parts.source, formula.formula_id
