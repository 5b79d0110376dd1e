-- title: Outbound calls as a funnel by month of first attempt, with and without a check before dialling. Also of closed periods with all that is known now
-- grain: one row per month
with cases as (
    select
        cases.*,
        epoch_us(first_paid_after_contact_at) - epoch_us(first_right_party_at)
            <= policy.window_days * 86400000000 as is_paid_in_window
    from fact.outbound_cases as cases
    left join ref.outbound_policy as policy
        on is_in_force(cases.first_attempt_date, policy.valid_from, policy.valid_to)
    -- of which all attempts were taken back, nobody was dialled
    where cases.attempts > 0
)

select
    month,
    count(*) as dialled,
    count(*) filter (due_before_dialling) as due_before_dialling,
    count(*) filter (not due_before_dialling) as in_scope,
    count(*) filter (not due_before_dialling and paid_before_dialling) as paid_before_dialling,
    count(*) filter (not due_before_dialling and paid_known_at_dialling)
        as paid_known_at_dialling,
    count(*) filter (not due_before_dialling and first_right_party_at is not null) as contacted,
    count(*) filter (not due_before_dialling and is_paid_in_window) as paid_in_window,
    count(*) filter (
        not due_before_dialling and not paid_known_at_dialling
        and first_right_party_at is not null
    ) as contacted_validated,
    count(*) filter (
        not due_before_dialling and not paid_known_at_dialling and is_paid_in_window
    ) as paid_in_window_validated
from cases
group by month
order by month
