-- title: Which records of which export files each month of a fact rests on
-- grain: one row per month, fact, channel, service, source and file
-- reads: fact.contacts, fact.survey_responses, fact.outbound_cases, fact.outbound_attempts, fact.payments, fact.agent_activity, fact.complaints
-- order: month, table_name, channel nulls first, service nulls first, source nulls first, file_id
with records as (
    select 'fact.contacts' as table_name, month, channel, source, file_id, file_row
    from fact.contacts
    union all by name
    select 'fact.survey_responses' as table_name, month, service, source, file_id, file_row
    from fact.survey_responses
    union all by name
    select 'fact.agent_activity' as table_name, month, channel, source, file_id, file_row
    from fact.agent_activity
    union all by name
    select 'fact.complaints' as table_name, month, source, file_id, file_row
    from fact.complaints
    union all by name
    select 'fact.outbound_attempts' as table_name, month, source, file_id, file_row
    from fact.outbound_attempts
    union all by name
    select 'fact.payments' as table_name, month, source, file_id, file_row
    from fact.payments
    union all by name
    -- a case rests on its attempts, its listing and its payments, whatever their months
    select
        'fact.outbound_cases' as table_name,
        month,
        unnest(records, recursive := true)
    from fact.outbound_cases
)

select
    month,
    table_name,
    channel,
    service,
    source,
    file_id,
    count(*) as rows,
    min(file_row) as first_row,
    max(file_row) as last_row
from records
group by all
