-- title: Low ratings, for supervisors to follow up
-- grain: one row per response of two fifths of the scale or less (1 or 2 of 5) to the overall
--    question
-- reads: fact.survey_responses, fact.contacts, fact.outbound_attempts, ops.sources, ops.month
-- trailing: 1
-- order: responded_at, source, response_id
with low as (
    select survey_responses.*, sources.keys_from
    from fact.survey_responses
    join ops.month using (month)
    join ops.sources using (source)
    where status = 'completed' and question = 'overall' and score <= 0.4 * scale_max
        and responses > 0
),

-- a survey comes some time after its contact: those of the month before count too
contacts as (
    select contact_id, source as of_source, channel, queue, agent_key, entered_at from fact.contacts
    union all by name
    select
        attempt_id as contact_id,
        source as of_source,
        campaign as queue,
        agent_key,
        called_at as entered_at
    from fact.outbound_attempts
),

-- an id is one system's own: one that several have is nobody's, unless the survey's source says
-- whose it names
candidates as (
    select
        low.source,
        low.response_id,
        contacts.*
    from low
    join contacts using (contact_id)
    where len(low.keys_from) = 0 or list_contains(low.keys_from, contacts.of_source)
    qualify count(*) over (partition by low.source, low.response_id) = 1
)

select
    low.month,
    low.service,
    low.source,
    low.response_id,
    low.responded_at,
    low.local_date,
    low.score,
    low.scale_max,
    low.contact_id,
    candidates.of_source is not null as contact_found,
    candidates.channel,
    candidates.queue,
    candidates.agent_key,
    candidates.entered_at,
    low.responses,
    low.file_id,
    low.file_row
from low
left join candidates using (source, response_id)
