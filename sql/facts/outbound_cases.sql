-- title: Outbound cases that were dialled
-- grain: one row per case, in the month of its first attempt
-- reads: raw.outbound_attempts, raw.outbound_cases, raw.payments
-- apart: case_id
-- key: case_id
-- order: first_attempt_at, case_id
-- a record is one number, its file's before its row's: numbers are collected and sorted in a
-- third of the time that names of files take, and become names again in the last select
with files as (
    select source, file_id, 1_000_000_000_000 * row_number() over (order by source, file_id) as base
    from (
        select source, file_id from raw.outbound_attempts
        union
        select source, file_id from raw.outbound_cases
        union
        select source, file_id from raw.payments
    )
),

-- which attempt was first is one number too: to compare a time and a record as a pair takes
-- several times as long. A row of none comes after all others; it is not left out by a `where`,
-- by which the engine expects a fifth of the rows and then finds no room for the others
numbered as (
    select
        *,
        base + file_row as record,
        cast(epoch_us(called_at) as hugeint) * 1_000_000_000_000_000_000 + record
        + if(attempts > 0, 0, 1_000_000_000_000_000_000_000_000_000_000_000_000) as place
    from raw.outbound_attempts
    join files using (source, file_id)
),

attempts as (
    select
        case_id,
        coalesce(min(called_at) filter (attempts > 0), min(called_at)) as first_attempt_at,
        min(called_at) filter (result = 'right_party' and attempts > 0) as first_right_party_at,
        sum(attempts) as attempts,
        arg_min(campaign, place) as campaign,
        -- what is left of the first place without its time
        cast(
            min(place) % 1_000_000_000_000_000_000_000_000_000_000_000_000
            - cast(epoch_us(first_attempt_at) as hugeint) * 1_000_000_000_000_000_000
            as bigint
        ) as first_record,
        list(record) as unsorted_records
    from numbered
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
        min(paid_at) as paid_at,
        list(base + file_row) as unsorted_records
    from raw.outbound_cases
    join files using (source, file_id)
    group by case_id
),

-- a payment known with the case itself counts like one of the payments export
known_payments as (
    select
        case_id,
        -- a reversal is no payment, and takes back one that had its id
        if(amount <= 0, null, paid_at) as paid_at,
        coalesce(known_at, paid_at) as known_at,
        base + file_row as record
    from raw.payments
    join files using (source, file_id)
    union all
    select case_id, paid_at, paid_at as known_at, null as record
    from cases
    where paid_at is not null
),

-- many exports give a payment's day alone, which reads as its midnight: of the day of a call it
-- counts as made after it, for who had paid was not to be called
payments as (
    select
        *,
        if(
            paid_at = date_trunc('day', paid_at), paid_at + interval 1 day, paid_at
        ) as paid_by
    from known_payments
),

paid as (
    select
        attempts.case_id,
        min(payments.paid_at) as first_paid_at,
        min(payments.paid_at) filter (payments.paid_by > attempts.first_right_party_at)
            as first_paid_after_contact_at,
        min(payments.known_at) filter (payments.paid_by <= attempts.first_attempt_at)
            as paid_before_known_at,
        list(payments.record) filter (payments.record is not null) as unsorted_records
    from attempts
    join payments using (case_id)
    group by attempts.case_id
),

named as (select list({'source': source, 'file_id': file_id} order by base) as files from files)

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
    -- a bill already due when first dialled is no reminder (a scope of this house: kpi 5a)
    coalesce(cases.due_at < cast(attempts.first_attempt_at as date), false)
        as due_before_dialling,
    cases.case_id is not null as is_listed,
    named.files[attempts.first_record // 1_000_000_000_000].file_id as file_id,
    attempts.first_record % 1_000_000_000_000 as file_row,
    -- every record a case rests on, ordered by source, file and row so that bytes repeat
    list_transform(
        list_sort(list_concat(
            attempts.unsorted_records, cases.unsorted_records, paid.unsorted_records
        )),
        lambda record: struct_insert(
            named.files[record // 1_000_000_000_000],
            file_row := record % 1_000_000_000_000
        )
    ) as records
from attempts
left join cases using (case_id)
left join paid using (case_id)
cross join named
