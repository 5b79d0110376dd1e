-- title: A bill is issued before anybody is called about it
-- reads: fact.outbound_cases
-- severity: flag
-- tolerance: 0
-- reason: of a case listed again the newest row counts. Where one dialled case in twenty, and 20 of
--    them, were first called on a day before their bill was issued, its id has become another
--    bill's: numbers that begin anew each year make one case of two, counted in the earlier
--    month with the later one's bill. Fewer are dates put right.
with dialled as (
    select
        *,
        issued_at > first_attempt_date as is_early,
        count_if(is_early) over () as early,
        count(*) over () as cases
    from fact.outbound_cases
    where attempts > 0 and issued_at is not null
)

select case_id, campaign, issued_at, first_attempt_date, file_id, file_row
from dialled
where is_early and early >= 20 and early >= 0.05 * cases
