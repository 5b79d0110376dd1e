-- title: No part of agents' time that occupancy counts is lost
-- reads: fact.agent_activity, ref.occupancy_formula, ref.requirements, ops.month
-- severity: block
-- trailing: 12
-- tolerance: 0
-- reason: a part that rows of the year before have, and none of a month, was lost on the way; it is
--    not none, and the house formula would give another figure. Judged are 10 rows or more, where
--    of the months before that knew it half of the rows have it. Of channels that the register
--    asks the house occupancy for. A system that knows no such time any more says so in its source
--    (`0 as hold_seconds`).
with asked as (select channel from ref.requirements where metric_id = 'occupancy'),

months as (
    select
        month,
        channel,
        part,
        cast(sum(rows) as bigint) as rows,
        cast(sum(known) as bigint) as known
    from parts_of_time()
    group by month, channel, part
)

select months.channel, months.part, months.rows as rows_without
from months
join ops.month as this on this.month = months.month
join ref.occupancy_formula as formula
    on formula.part = months.part
    and is_in_force(last_day(months.month), formula.valid_from, formula.valid_to)
    and is_counted(formula.numerator, formula.denominator)
-- months that lost it do not outweigh, with time, those that had it
join months as before
    on before.channel = months.channel
    and before.part = months.part
    and before.known > 0
semi join asked on asked.channel = months.channel
where months.rows >= 10 and months.known = 0
group by months.channel, months.part, months.rows
having 2 * sum(before.known) >= sum(before.rows)
