-- title:       Genesys Cloud conversation details, the chats in them
-- kind:        chats
-- files:       genesys_cloud/*.json
-- format:      json
-- options:     records='conversations', optional='conversationEnd'
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The same files feed genesys_cloud_calls. Conversation -> participants -> sessions -> metrics
-- and segments. Each stay in a queue is a session of a participant with purpose `acd`, and
-- becomes one contact; a conversation with no such session ended with the bot.
-- Metrics are rows of name and value, in milliseconds. Values change for about two days, so
-- export a day again when it is three days old: the later delivery counts. A conversation that
-- stands on two pages of one export is taken by its records, each with its own metrics.
-- Queues are ids here; give them their names in a list of values where you want to read them.
with
participants as (
    select
        _row,
        "conversationId" as conversation,
        "conversationStart" as started_at,
        "conversationEnd" as ended_at,
        unnest(json_list(participants)) as participant
    from export
    -- a conversation that still goes on comes again when it has ended
    where "originatingDirection" = 'inbound' and clean("conversationEnd") is not null
),

sessions as (
    select * exclude (session),
        json_text(session, '$.sessionId') as session_id,
        json_text(session, '$.mediaType') as media,
        json_text(session, '$.flowOutType') as flow_out_type,
        json_text(session, '$.segments[0].segmentStart') as start,
        json_text(session, '$.segments[0].queueId') as queue,
        json_list(session, '$.metrics') as metrics
    from (
        select
            _row, conversation, started_at, ended_at,
            json_text(participant, '$.purpose') as purpose,
            json_text(participant, '$.userId') as agent,
            unnest(json_list(participant, '$.sessions')) as session
        from participants
    )
    where media in ('chat', 'message', 'webmessaging')
),

measures as (
    select
        _row,
        conversation,
        session_id,
        sum(value) filter (where name = 'tAnswered') as answered,
        sum(value) filter (where name = 'tAbandon') as abandoned,
        sum(value) filter (where name = 'tFlowOut') as flowed_out,
        sum(value) filter (where name = 'tTalk') as talk,
        sum(value) filter (where name = 'tHeld') as held,
        sum(value) filter (where name = 'tAcw') as acw
    from (
        select
            _row,
            conversation,
            session_id,
            json_text(metric, '$.name') as name,
            number_of(json_text(metric, '$.value')) * 0.001 as value
        from (select _row, conversation, session_id, unnest(metrics) as metric from sessions)
    )
    group by all
),

stays as (
    select sessions.*, answered, abandoned, flowed_out
    from sessions left join measures using (_row, conversation, session_id)
    where purpose = 'acd'
),

-- An agent's session belongs to the stay in a queue that it followed.
work as (
    select
        stays._row,
        stays.conversation,
        stays.session_id,
        -- the first who spoke; others may have let it ring
        arg_min(agents.agent, agents.start) filter (where talk is not null) as agent,
        sum(talk) as talk,
        sum(held) as held,
        sum(acw) as acw
    from (select * from sessions where purpose = 'agent') as agents
    asof join stays
        on agents._row = stays._row
        and agents.conversation = stays.conversation
        and agents.start >= stays.start
    join measures
        on measures._row = agents._row
        and measures.conversation = agents.conversation
        and measures.session_id = agents.session_id
    group by all
),

contacts as (
    select stays.*, work.agent as worked_by, talk, held, acw
    from stays left join work using (_row, conversation, session_id)
)

select
    _row,
    conversation || ':' || session_id as contact_id,
    queue,
    start as entered_at,
    case
        when answered is not null then 'answered'
        when abandoned is not null then 'abandoned'
        when flow_out_type = 'CALLBACK' then 'callback'
        when flow_out_type = 'VOICEMAIL' then 'voicemail'
        when flowed_out is not null then 'flow_out'
    end as outcome,
    coalesce(answered, abandoned, flowed_out) as wait_seconds,
    -- tAnswered ends with the agent's acceptance; the first reply is not in the details
    case
        when answered is not null then instant(start) + to_milliseconds(cast(1000 * answered as bigint))
    end as accepted_at,
    case when answered is not null then talk end as talk_seconds,
    case when answered is not null then held end as hold_seconds,
    case when answered is not null then acw end as acw_seconds,
    case when answered is not null then worked_by end as agent,
    case
        when coalesce(answered, abandoned, flowed_out) is null then 'stay_without_an_end'
    end as _reject
from contacts

union all by name

select
    _row,
    conversation as contact_id,
    any_value(started_at) as entered_at,
    'not_queued' as outcome
from sessions
group by _row, conversation
having not bool_or(purpose = 'acd')

order by _row, contact_id
