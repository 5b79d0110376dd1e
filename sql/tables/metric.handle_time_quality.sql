-- title: Handle times that are missing, zero or impossible, by agent
-- grain: one row per month, agent and channel with answered contacts
-- reads: fact.contacts
-- order: month, channel, agent_key
with answered as (
    select
        month,
        channel,
        agent_key,
        contacts,
        handle_time_fault(
            talk_seconds, hold_seconds, acw_seconds, answered_at, ended_at
        ) as fault
    from fact.contacts
    where outcome = 'answered' and contacts > 0
)

select
    month,
    channel,
    agent_key,
    cast(sum(contacts) as bigint) as answered,
    cast(coalesce(sum(contacts) filter (fault = 'missing'), 0) as bigint) as missing,
    cast(coalesce(sum(contacts) filter (fault = 'zero'), 0) as bigint) as zero,
    cast(coalesce(sum(contacts) filter (fault = 'impossible'), 0) as bigint) as impossible
from answered
group by month, channel, agent_key
