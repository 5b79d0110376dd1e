-- title:       Amazon Connect contact records, the calls in them
-- kind:        calls
-- files:       amazon_connect/*.jsonl
-- format:      json lines
-- options:     optional='Queue,Agent,NextContactId,PreviousContactId'
-- version:     LastUpdateTimestamp
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The same files feed amazon_connect_chats. Records are delivered at least once and come again
-- when they change: LastUpdateTimestamp says which is newer. Days are UTC days of the initiation,
-- so two files share a local day.
--
-- A transferred call has a record for each stay in a queue, and each is a contact. A record of
-- a callback measures the time until the centre rang back, which is no customer's wait.
with
codes as (
    select map {
        'INBOUND': 'customer',
        'TRANSFER': 'customer',
        'QUEUE_TRANSFER': 'customer',
        'WEBRTC_API': 'customer',
        'OUTBOUND': 'other',
        'EXTERNAL_OUTBOUND': 'other',
        'API': 'other',  -- of a call: started by a program, so outbound
        'CALLBACK': 'other',
        'MONITOR': 'other',
        'DISCONNECT': 'other'
    } as methods
)

select
    _row,
    "ContactId" as contact_id,
    json_text("Queue", '$.Name') as queue,
    coalesce(json_text("Queue", '$.EnqueueTimestamp'), "InitiationTimestamp") as entered_at,
    json_text("Agent", '$.ConnectedToAgentTimestamp') as answered_at,
    "DisconnectTimestamp" as ended_at,
    case
        when clean("Queue") is null then 'not_queued'
        when json_text("Agent", '$.ConnectedToAgentTimestamp') is not null then 'answered'
        -- it went on as another contact: another queue, or a callback
        when clean("NextContactId") is not null then 'flow_out'
        else 'abandoned'
    end as outcome,
    -- how long the unanswered waited; the answered are worked out from the two times
    case
        when json_text("Agent", '$.ConnectedToAgentTimestamp') is null
        then json_text("Queue", '$.Duration')
    end as wait_seconds,
    json_text("Agent", '$.AgentInteractionDuration') as talk_seconds,
    json_text("Agent", '$.CustomerHoldDuration') as hold_seconds,
    json_text("Agent", '$.AfterContactWorkDuration') as acw_seconds,
    json_text("Agent", '$.Username') as agent,
    "LastUpdateTimestamp" as _version,
    unmapped("InitiationMethod", methods, 'unknown_initiation') as _reject
from export, codes
where "Channel" = 'VOICE'
    and mapped("InitiationMethod", methods) is distinct from 'other'
