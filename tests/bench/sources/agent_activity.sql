-- title:       Benchmark: Agents' time, one row per agent, day and channel
-- kind:        agent_activity
-- files:       activity/activity_*.csv
-- format:      csv
-- options:     delim=';'
-- times:       %d-%m-%Y
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- Durations are h:mm:ss, which every column named *_seconds may be. An agent who serves both
-- channels has a row for each; concurrent chats are added up, so Active may exceed Staffed.
select
    _row,
    "Agent" as agent,
    "Date" as day,
    "Channel" as channel,
    "Active" as active_seconds,
    "Hold" as hold_seconds,
    "ACW" as acw_seconds,
    "Not ready" as not_ready_seconds,
    "Available" as available_seconds,
    "Staffed" as staffed_seconds,
    -- an empty channel is no unknown one: the check of the month speaks up about it
    case when nullif(trim("Channel"), '') not in ('phone', 'chat') then 'unknown_channel' end
        as _reject
from export
