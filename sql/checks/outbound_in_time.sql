-- title: Cases are dialled before they are paid or due
-- reads: fact.outbound_cases
-- severity: warn
-- tolerance: 10%
-- reason: such a call reminds nobody. Payments are known about a fortnight late, so some are
--    called in vain; one in ten is a list that is old or was not checked before dialling.
select
    case_id,
    campaign,
    first_attempt_date,
    due_at,
    due_before_dialling,
    paid_before_dialling,
    paid_known_at_dialling
from fact.outbound_cases
where (due_before_dialling or paid_before_dialling) and attempts > 0
