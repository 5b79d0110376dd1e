-- title: Complaints followed up on time
-- unit: share
-- numerator: complaints followed up by their due date
-- denominator: complaints to be followed up that fall due in the month
-- rollup: sum
-- reads: fact.complaints
-- since: 2024-01
select
    month,
    source,
    count(*) filter (
        followed_up_date <= coalesce(due_at, date '9999-12-31')
    ) as numerator,
    count(*) as denominator
from fact.complaints
where to_follow_up
group by month, source
