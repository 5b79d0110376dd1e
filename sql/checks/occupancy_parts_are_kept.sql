-- title: No part of agents' time that occupancy counts is lost
-- reads: fact.agent_activity, ref.occupancy_formula, ref.requirements, ops.month
-- severity: block
-- trailing: 12
-- tolerance: 0
-- reason: a part that rows of the year before have, and none of a month, was lost on the way; it is
--    not none, and the house formula would give another figure. Judged are 10 rows or more, where
--    half of those before have it. Of channels that the register asks the house occupancy for. A
--    system that knows no such time any more says so in its source (`0 as hold_seconds`).
with asked as (select channel from ref.requirements where metric_id = 'occupancy')

select
    parts.channel,
    parts.part,
    count(*) filter (parts.month = this.month) as rows_without
from parts_of_time() as parts
cross join ops.month as this
join ref.occupancy_formula as formula
    on formula.part = parts.part
    and is_in_force(last_day(this.month), formula.valid_from, formula.valid_to)
    and is_counted(formula.numerator, formula.denominator)
semi join asked on asked.channel = parts.channel
group by parts.channel, parts.part
having
    count(*) filter (parts.month = this.month) >= 10
    and count(parts.seconds) filter (parts.month = this.month) = 0
    and 2 * count(parts.seconds) >= count(*) filter (parts.month < this.month)
    and count(parts.seconds) > 0
