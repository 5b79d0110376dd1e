-- title: The parts of an agent's day fit into the time the agent was signed on
-- reads: fact.agent_activity
-- severity: warn
-- tolerance: 0.5%
-- reason: parts that exceed the time signed on were added up twice, or are of another day or
--    agent. A minute is rounding; of concurrent chats only what cannot run side by side must
--    fit. One row in 200 is a system's usual slip. Totals of a month, all dated by its first or
--    its last day, fit into the month.
with days as (
    select
        source,
        if(
            count(distinct day) = 1
            and any_value(day) in (any_value(month), last_day(any_value(month))),
            86400 * day(last_day(any_value(month))),
            86400
        ) as most_seconds
    from fact.agent_activity
    group by source
),

parts as (
    select
        agent_key,
        day,
        channel,
        coalesce(not_ready_seconds, 0) + coalesce(available_seconds, 0)
            + if(
                channel = 'chat',
                0,
                active_seconds + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0)
            ) as parts_seconds,
        least(staffed_seconds, most_seconds) as signed_on_seconds,
        source,
        file_id,
        file_row
    from fact.agent_activity
    join days using (source)
)

select agent_key, day, channel, parts_seconds, signed_on_seconds, source, file_id, file_row
from parts
where parts_seconds > signed_on_seconds + 60
