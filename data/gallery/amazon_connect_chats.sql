-- title:       Amazon Connect contact records, the chats in them
-- kind:        chats
-- files:       amazon_connect/*.jsonl
-- format:      json lines
-- options:     optional='Queue,Agent,NextContactId,PreviousContactId'
-- version:     LastUpdateTimestamp
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The same files feed amazon_connect_calls, where versions and days are explained. A chat's
-- InitiationMethod is API whoever started it, so it says nothing here.
-- The record knows when the agent was connected, which is the acceptance, and no first reply.
-- By a policy of either the wait ends there.
select
    _row,
    "ContactId" as contact_id,
    json_text("Queue", '$.Name') as queue,
    coalesce(json_text("Queue", '$.EnqueueTimestamp'), "InitiationTimestamp") as entered_at,
    json_text("Agent", '$.ConnectedToAgentTimestamp') as answered_at,
    json_text("Agent", '$.ConnectedToAgentTimestamp') as accepted_at,
    "DisconnectTimestamp" as ended_at,
    case
        when clean("Queue") is null then 'not_queued'
        when json_text("Agent", '$.ConnectedToAgentTimestamp') is not null then 'answered'
        when clean("NextContactId") is not null then 'flow_out'
        else 'abandoned'
    end as outcome,
    case
        when json_text("Agent", '$.ConnectedToAgentTimestamp') is null
        then json_text("Queue", '$.Duration')
    end as wait_seconds,
    json_text("Agent", '$.AgentInteractionDuration') as talk_seconds,
    json_text("Agent", '$.AfterContactWorkDuration') as acw_seconds,
    json_text("Agent", '$.Username') as agent,
    "LastUpdateTimestamp" as _version
from export
where "Channel" = 'CHAT'
