-- title: Outbound cases fall under a policy of the day they are first dialled
-- reads: fact.outbound_cases, ref.outbound_policy
-- severity: block
-- reason: a case without a policy would silently leave the outbound figures, and its month pass for
--    one with nothing to count. From the day on which the first policy begins.
select
    cases.campaign,
    cases.first_attempt_date,
    count(*) as cases
from fact.outbound_cases as cases
left join ref.outbound_policy as policy
    on is_in_force(cases.first_attempt_date, policy.valid_from, policy.valid_to)
where
    cases.attempts > 0
    and not cases.due_before_dialling
    and policy.policy_id is null
    and cases.first_attempt_date >= (select min(valid_from) from ref.outbound_policy)
group by cases.campaign, cases.first_attempt_date
