-- title: Outbound: change of payment behaviour
-- unit: share
-- numerator: contacted cases with a payment within the policy's window after the first contact
-- denominator: cases in scope whose right party was reached, in the month of the first attempt
-- rollup: sum
-- reads: fact.outbound_cases, ref.outbound_policy
-- since: 2024-01
select
    cases.month,
    cases.campaign as queue,
    policy.policy_id,
    count(*) filter (
        epoch_us(cases.first_paid_after_contact_at) - epoch_us(cases.first_right_party_at)
            <= policy.window_days * 86400000000
    ) as numerator,
    count(*) as denominator,
    last_day(cases.month) + (policy.window_days + policy.lag_days) as provisional_until
from fact.outbound_cases as cases
join ref.outbound_policy as policy
    on is_in_force(cases.first_attempt_date, policy.valid_from, policy.valid_to)
where
    cases.first_right_party_at is not null
    and not cases.due_before_dialling
    and not (policy.predial_validation and cases.paid_known_at_dialling)
group by all
