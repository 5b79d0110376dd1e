-- title: Outbound cases are first dialled since the first policy
-- reads: fact.outbound_cases, ref.outbound_policy
-- severity: warn
-- reason: a case of before is in no outbound figure: a month of such cases alone passes for one with
--    nothing to count, and the month in which the first policy begins counts the others. If they
--    should count, let a policy begin earlier.
select
    campaign,
    first_attempt_date,
    count(*) as cases
from fact.outbound_cases
where
    attempts > 0
    and not due_before_dialling
    and first_attempt_date < (select min(valid_from) from ref.outbound_policy)
group by campaign, first_attempt_date
