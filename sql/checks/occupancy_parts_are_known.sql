-- title: The parts of agents' time that occupancy counts are delivered
-- reads: fact.agent_activity, ref.occupancy_formula, ref.requirements
-- severity: warn
-- tolerance: 0
-- reason: a part that no row of a month has counts as none, and the house formula gives another
--    figure without a word. A system that knows no such time says so in its source
--    (`0 as hold_seconds`). Of channels that the register asks the house occupancy for.
with asked as (select channel from ref.requirements where metric_id = 'occupancy')

select parts.channel, parts.source, parts.part, cast(sum(parts.rows) as bigint) as rows_without
from parts_of_time() as parts
join ref.occupancy_formula as formula
    on formula.part = parts.part
    and is_in_force(parts.day, formula.valid_from, formula.valid_to)
    and is_counted(formula.numerator, formula.denominator)
semi join asked on asked.channel = parts.channel
group by parts.channel, parts.source, parts.part
having sum(parts.known) = 0
