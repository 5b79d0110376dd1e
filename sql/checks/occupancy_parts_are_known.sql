-- title: The parts of agents' time that occupancy counts are delivered
-- reads: fact.agent_activity, ref.occupancy_formula, ref.requirements
-- severity: warn
-- tolerance: 0
-- reason: a part that no row of a month has counts as none, and the house formula gives another
--    figure without a word. A system that knows no such time says so in its source
--    (`0 as hold_seconds`). Of channels that the register asks the house occupancy for.
with parts as (
    select
        channel,
        source,
        day,
        unnest([
            {'part': 'hold', 'seconds': hold_seconds},
            {'part': 'acw', 'seconds': acw_seconds},
            {'part': 'not_ready', 'seconds': not_ready_seconds},
            {'part': 'available', 'seconds': available_seconds}
        ], recursive := true)
    from fact.agent_activity
),

asked as (select channel from ref.requirements where metric_id = 'occupancy')

select parts.channel, parts.source, parts.part, count(*) as rows_without
from parts
join ref.occupancy_formula as formula
    on formula.part = parts.part
    and is_in_force(parts.day, formula.valid_from, formula.valid_to)
    and (formula.numerator <> 0 or formula.denominator <> 0)
semi join asked on asked.channel = parts.channel
group by parts.channel, parts.source, parts.part
having count(parts.seconds) = 0
