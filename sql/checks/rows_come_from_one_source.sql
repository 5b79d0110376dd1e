-- title: What happened once comes from one source
-- reads: fact.complaints, fact.survey_responses, fact.agent_activity, fact.contacts
-- severity: flag
-- tolerance: 0
-- reason: ids are known by source, so what an old and a new system both export (a migration) counts
--    twice. Two systems may number alike, or serve one agent or queue on one day; then they do not
--    agree on the moment or on every duration. A complaint's end may be known to the new one alone.
--    Rows that are counts of a day or hour agree by chance, and are not asked. A row each, so that
--    who accepts some is told of more, also where these came on the same day.
-- days of one source alone, which nearly all are, need no comparison; calls and chats, which are two
-- sources of every home, are never each other's
with days as (
    select 'complaints' as fact, '' as channel, cast(received_at as date) as day, source
    from fact.complaints
    union
    select 'survey_responses', '', local_date, source
    from fact.survey_responses
    union
    select 'agent_activity', '', day, source
    from fact.agent_activity
    union
    select 'contacts', channel, local_date, source
    from fact.contacts
),

shared as (
    select fact, channel, day
    from days
    group by fact, channel, day
    having count(*) > 1
),

named as (
    select
        'complaints' as fact,
        '' as channel,
        source,
        cast(received_at as date) as day,
        complaint_id as id,
        hash(complaint_id, received_at) as what
    from fact.complaints
    union all
    select
        'survey_responses',
        '',
        source,
        local_date,
        response_id,
        hash(response_id, responded_at, service, question, status, score, scale_max, responses)
    from fact.survey_responses
    where responses = 1
    union all
    select
        'agent_activity',
        '',
        source,
        day,
        agent_key,
        hash(
            agent_key, day, channel, active_seconds, hold_seconds, acw_seconds, not_ready_seconds,
            available_seconds
        )
    from fact.agent_activity
    where active_seconds > 0
    union all
    -- the queue may have another name in the new system
    select
        'contacts',
        channel,
        source,
        local_date,
        contact_id,
        hash(channel, contact_id, entered_at, outcome, wait_seconds)
    from fact.contacts
    -- one call whose wait is known is no count
    where contacts = 1 and wait_seconds is not null
)

select fact, day, min(id) as id, string_agg(distinct source, ', ' order by source) as sources
from named
semi join shared using (fact, channel, day)
group by fact, day, what
having count(distinct source) > 1
