-- title: Complaints followed up on time
-- unit: share
-- numerator: complaints followed up by their due date
-- denominator: complaints to be followed up that fall due in the month; while it runs, open ones once their time is over
-- rollup: sum
-- reads: fact.complaints, ref.calendar
-- since: 2024-01
with complaints as (
    select
        *,
        coalesce(due_at, date '9999-12-31') as due_date,
        max(greatest(cast(received_at as date), followed_up_date)) over (partition by source)
            as told_until,
        followed_up_date is not null
        or due_date < told_until
        or month not in (select month from ref.calendar where month_state = 'in_progress')
            as is_decided
    from fact.complaints
)

select
    month,
    source,
    count(*) filter (followed_up_date <= due_date) as numerator,
    count(*) filter (is_decided) as denominator,
    count(*) as eligible
from complaints
where to_follow_up
group by month, source
