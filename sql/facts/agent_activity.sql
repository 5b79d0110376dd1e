-- title: Agents' time by day and channel
-- grain: one row per agent, day and channel
-- reads: raw.agent_activity
-- key: source, activity_id
-- order: day, source, activity_id
-- day: day
select
    activity_id,
    source,
    agent_key,
    day,
    cast(date_trunc('month', day) as date) as month,
    channel,
    active_seconds,
    hold_seconds,
    acw_seconds,
    not_ready_seconds,
    available_seconds,
    staffed_seconds,
    file_id,
    file_row
from raw.agent_activity
