-- title: The cases that are dialled are on the lists, and payments name them
-- reads: fact.outbound_cases, fact.payments, ops.coverage, ops.month
-- severity: flag
-- trailing: 1
-- tolerance: 0
-- reason: where fewer than nine tenths of the dialled cases are on a list, though lists are
--    delivered, or not one payment names a dialled case, a system writes its ids otherwise (case,
--    blanks, zeros, dashes): nobody then seems to pay, and no case is out of scope. Fewer than 20
--    say nothing.
with dialled as (
    select count(*) as cases, count(*) filter (is_listed) as listed
    from fact.outbound_cases
    join ops.month using (month)
    where attempts > 0
),

paid as (
    select count(*) as payments, count(cases.case_id) as of_dialled
    from fact.payments
    join ops.month using (month)
    -- who was dialled last month pays in this one
    left join fact.outbound_cases as cases using (case_id)
)

select 'dialled cases on a list' as what, cases as of_all, listed as found
from dialled
where
    cases >= 20
    and listed < 0.9 * cases
    and exists (
        select 1
        from ops.coverage
        join ops.month using (month)
        where kind = 'outbound_cases' and state = 'complete'
    )
union all
select 'payments that name a dialled case' as what, payments as of_all, of_dialled as found
from paid
where
    payments >= 20
    and of_dialled = 0
    and (select count(*) from fact.outbound_cases) >= 20
