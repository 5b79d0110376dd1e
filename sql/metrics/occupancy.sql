-- title: Occupancy by the house formula
-- unit: ratio
-- numerator: the parts of agents' time that the formula in force counts as occupied, seconds
-- denominator: the parts of agents' time that the formula in force divides by, seconds
-- rollup: sum
-- grains: day
-- reads: fact.agent_activity, ref.occupancy_formula
-- since: 2024-01
select
    parts.month,
    parts.channel,
    parts.source,
    formula.formula_id as policy_id,
    coalesce(sum(parts.seconds * formula.numerator), 0) as numerator,
    coalesce(sum(parts.seconds * formula.denominator), 0) as denominator
from parts_of_time() as parts
join ref.occupancy_formula as formula
    on formula.part = parts.part
    and is_in_force(parts.day, formula.valid_from, formula.valid_to)
where parts.channel is not null
group by parts.month, parts.channel, parts.source, formula.formula_id
