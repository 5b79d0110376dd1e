-- title: Outbound: success in contacting
-- unit: share
-- numerator: cases in scope whose right party was reached
-- denominator: cases dialled and in scope, each once, in the month of its first attempt
-- rollup: sum
-- reads: fact.outbound_cases, ref.outbound_policy
-- since: 2024-01
select
    cases.month,
    cases.campaign as queue,
    policy.policy_id,
    count(*) filter (cases.first_right_party_at is not null) as numerator,
    count(*) as denominator,
    last_day(cases.month) + (policy.window_days + policy.lag_days) as provisional_until
from fact.outbound_cases as cases
join ref.outbound_policy as policy
    on is_in_force(cases.first_attempt_date, policy.valid_from, policy.valid_to)
where
    cases.attempts > 0
    and not cases.due_before_dialling
    and not (policy.predial_validation and cases.paid_known_at_dialling)
group by all
