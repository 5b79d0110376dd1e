-- title: The parts of an agent's day fit into the time the agent was signed on
-- reads: fact.agent_activity
-- severity: warn
-- tolerance: 0.5%
-- reason: parts that exceed the time signed on were added up twice, or are of another day or
--    agent. A minute is rounding; of concurrent chats only what cannot run side by side must
--    fit. One row in 200 is a system's usual slip.
with parts as (
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
        least(coalesce(staffed_seconds, 86400), 86400) as signed_on_seconds,
        source,
        file_id,
        file_row
    from fact.agent_activity
)

select agent_key, day, channel, parts_seconds, signed_on_seconds, source, file_id, file_row
from parts
where parts_seconds > signed_on_seconds + 60
