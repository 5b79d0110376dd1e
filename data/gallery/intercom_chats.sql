-- title:       Intercom conversations, the chats
-- kind:        chats
-- files:       intercom/*.json
-- format:      json
-- options:     records='conversations', optional='ai_agent_participated,team_assignee_id'
-- times:       epoch
-- version:     updated_at
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- Pages of the REST API as they come, searched by updated_at: a conversation comes again whenever
-- it changes, and its newest state counts.
-- The wait goes from the customer's first text to the first reply of a person. It is taken from
-- the two times, since Intercom's own durations leave out office hours. With a bot in front the
-- first text is to the bot: begin at first_assignment_at where your bot hands over by assigning.
-- Messages that the centre began are no contacts, and one still open without a reply is not yet.
-- Who wrote once and was closed without a reply counts as abandoned; where the AI agent took part,
-- as not queued.
with
conversations as (
    select
        *,
        json_text(source, '$.delivered_as') as delivered_as,
        json_text(statistics, '$.first_contact_reply_at') as first_text_at,
        json_text(statistics, '$.first_admin_reply_at') as first_reply_at,
        json_text(statistics, '$.last_close_at') as closed_at
    from export
)

select
    _row,
    id as contact_id,
    team_assignee_id as queue,
    coalesce(first_text_at, created_at) as entered_at,
    first_reply_at as answered_at,
    closed_at as ended_at,
    case
        when first_reply_at is not null then 'answered'
        when ai_agent_participated = 'true' then 'not_queued'
        else 'abandoned'
    end as outcome,
    case when first_reply_at is not null then admin_assignee_id end as agent,
    updated_at as _version
from conversations
where coalesce(delivered_as, '') not in ('admin_initiated', 'campaign_initiated')
    and (first_reply_at is not null or closed_at is not null)
