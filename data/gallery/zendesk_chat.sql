-- title:       Zendesk Chat, incremental export of chats
-- kind:        chats
-- files:       zendesk_chat/*.jsonl
-- format:      json lines
-- options:     optional='end_timestamp,response_time,department_name,agent_ids'
-- version:     update_timestamp
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The export goes by the time of the last update: a chat that ended comes again when it is
-- rated or tagged, in a later file or in the same one. update_timestamp says which is newer.
-- Check the name of the first reply inside response_time; it is taken as `first`, in seconds.
with
codes as (
    select map {
        'chat': 'chat',
        'offline_msg': 'offline_msg'  -- a form filled in while nobody was there
    } as types
)

select
    _row,
    id as contact_id,
    department_name as queue,
    "timestamp" as entered_at,
    end_timestamp as ended_at,
    case
        when type = 'offline_msg' then 'after_hours'
        when missed = 'true' then 'abandoned'
        else 'answered'
    end as outcome,
    case
        when type = 'offline_msg' then null
        when missed = 'true' then duration
        else json_text(response_time, '$.first')
    end as wait_seconds,
    case
        when type = 'chat' and missed <> 'true'
        then coalesce(
            cast(
                seconds_of(duration) - seconds_of(json_text(response_time, '$.first')) as varchar
            ),
            duration
        )
    end as talk_seconds,
    -- the first agent who joined
    json_text(agent_ids, '$[0]') as agent,
    update_timestamp as _version,
    unmapped(type, types, 'unknown_type') as _reject
from export, codes
-- chats that the centre began, and chats still going on
where started_by is distinct from 'agent'
    and (type = 'offline_msg' or clean(end_timestamp) is not null)
