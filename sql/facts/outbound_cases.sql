-- title: Outbound cases that were dialled
-- grain: one row per case, in the month of its first attempt
-- reads: raw.outbound_attempts, raw.outbound_cases, raw.payments
-- apart: case_id
-- key: case_id
-- order: first_attempt_at, case_id
with attempts as (
    select
        case_id,
        min(called_at) as first_attempt_at,
        min(called_at) filter (result = 'right_party') as first_right_party_at,
        sum(attempts) as attempts,
        arg_min(campaign, (called_at, file_id, file_row)) as campaign,
        arg_min(file_id, (called_at, file_id, file_row)) as file_id,
        arg_min(file_row, (called_at, file_id, file_row)) as file_row
    from raw.outbound_attempts
    group by case_id
),

-- one case may be listed by several sources; each says what it knows
cases as (
    select
        case_id,
        min(customer_key) as customer_key,
        min(campaign) as campaign,
        min(listed_at) as listed_at,
        min(issued_at) as issued_at,
        min(due_at) as due_at,
        max(amount) as amount,
        min(paid_at) as paid_at
    from raw.outbound_cases
    group by case_id
),

-- a payment known with the case itself counts like one of the payments export
payments as (
    select case_id, paid_at, coalesce(known_at, paid_at) as known_at from raw.payments
    union all
    select case_id, paid_at, paid_at as known_at from cases where paid_at is not null
),

-- every record a case rests on, ordered by source, file and row so that bytes repeat (sorting a
-- list takes a third of the time of an ordered aggregate)
records as (
    select case_id, list_sort(list({
        'source': source, 'file_id': file_id, 'file_row': file_row
    })) as records
    from (
        select case_id, source, file_id, file_row from raw.outbound_attempts
        union all
        select case_id, source, file_id, file_row from raw.outbound_cases
        union all
        select case_id, source, file_id, file_row from raw.payments
    )
    group by case_id
),

paid as (
    select
        attempts.case_id,
        min(payments.paid_at) as first_paid_at,
        min(payments.paid_at) filter (payments.paid_at > attempts.first_right_party_at)
            as first_paid_after_contact_at,
        min(payments.known_at) filter (payments.paid_at <= attempts.first_attempt_at)
            as paid_before_known_at
    from attempts
    join payments using (case_id)
    group by attempts.case_id
)

select
    attempts.case_id,
    cases.customer_key,
    coalesce(cases.campaign, attempts.campaign) as campaign,
    cast(date_trunc('month', cast(attempts.first_attempt_at as date)) as date) as month,
    attempts.first_attempt_at,
    cast(attempts.first_attempt_at as date) as first_attempt_date,
    attempts.first_right_party_at,
    cast(attempts.attempts as bigint) as attempts,
    cases.listed_at,
    cases.issued_at,
    cases.due_at,
    cases.amount,
    paid.first_paid_at,
    paid.first_paid_after_contact_at,
    paid.paid_before_known_at is not null as paid_before_dialling,
    coalesce(paid.paid_before_known_at <= attempts.first_attempt_at, false)
        as paid_known_at_dialling,
    -- a bill already due when first dialled is no reminder (DOMAIN: scope)
    coalesce(cases.due_at < cast(attempts.first_attempt_at as date), false)
        as due_before_dialling,
    cases.case_id is not null as is_listed,
    attempts.file_id,
    attempts.file_row,
    records.records
from attempts
join records using (case_id)
left join cases using (case_id)
left join paid using (case_id)
