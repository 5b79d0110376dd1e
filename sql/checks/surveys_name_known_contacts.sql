-- title: The contacts that surveys name are among the contacts
-- reads: fact.survey_responses, fact.contacts, fact.outbound_attempts, ops.month
-- severity: warn
-- trailing: 1
-- tolerance: 0
-- reason: a few contacts are missing anywhere; under nine tenths found, an export is missing or
--    one of the systems writes its ids otherwise (case, blanks, zeros). Without its contact a
--    low rating has no agent. Fewer than 20 responses say nothing.
with named as (
    select source, service, contact_id, sum(responses) as responses
    from fact.survey_responses
    join ops.month using (month)
    where contact_id is not null
    group by source, service, contact_id
),

-- a survey comes some time after its contact: those of the month before count too
known as (
    select contact_id from fact.contacts
    union all
    select attempt_id as contact_id from fact.outbound_attempts
),

found as (select * from named semi join known using (contact_id))

select
    named.source,
    named.service,
    sum(named.responses) as naming_a_contact,
    coalesce(sum(found.responses), 0) as found
from named
left join found using (source, service, contact_id)
group by named.source, named.service
having
    sum(named.responses) >= 20
    and coalesce(sum(found.responses), 0) < 0.9 * sum(named.responses)
