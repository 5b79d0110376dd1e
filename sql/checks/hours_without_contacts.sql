-- title: A day with contacts has them in all its usual hours
-- reads: fact.contacts, ref.calendar, ops.month
-- severity: flag
-- trailing: 1
-- tolerance: 0
-- reason: three hours in a row, in which 30 contacts and more are usual, do not stay empty by
--    chance: the end of a file is missing, or a system stood still. An hour with an after-hours
--    contact was closed.
-- the hour of a zone is dear: asked of quarter hours, not of contacts
with quarter_hours as (
    select
        month,
        channel,
        local_date,
        outcome,
        epoch_us(entered_at) // 900000000 as quarter_hour,
        sum(contacts) as contacts
    from fact.contacts
    where contacts > 0
    group by month, channel, local_date, outcome, quarter_hour
),

contacts as (
    select
        *,
        hour(to_timestamp(quarter_hour * 900)) as hour,
        outcome not in ('after_hours', 'not_queued') as is_queued
    from quarter_hours
),

hours as (
    select
        month,
        channel,
        local_date,
        hour,
        coalesce(sum(contacts) filter (is_queued), 0) as contacts,
        bool_or(outcome = 'after_hours') as is_closed
    from contacts
    group by month, channel, local_date, hour
),

-- the last day of a running month may still be coming
days as (
    select channel, local_date, month, isodow(local_date) as weekday
    from hours
    where contacts > 0
    group by channel, local_date, month
    qualify
        month in (select month from ref.calendar where month_state = 'closed')
        or local_date < max(local_date) over (partition by channel)
),

grid as (
    select
        days.*,
        all_hours.hour,
        coalesce(hours.contacts, 0) as contacts,
        coalesce(hours.is_closed, false) as is_closed
    from days
    cross join range(24) as all_hours (hour)
    left join hours using (channel, local_date, hour)
),

usual as (
    select channel, weekday, hour, median(contacts) as contacts
    from grid
    group by channel, weekday, hour
    having median(contacts) > 0
),

-- hours that follow each other in the day's usual ones make one run
runs as (
    select
        grid.*,
        usual.contacts as usual_contacts,
        grid.contacts = 0 and not is_closed as is_empty,
        sum(if(is_empty, 0, 1)) over (
            partition by grid.channel, local_date order by hour
        ) as run
    from grid
    join usual using (channel, weekday, hour)
)

select
    channel,
    local_date,
    min(hour) as first_hour,
    max(hour) as last_hour,
    round(sum(usual_contacts)) as usual_contacts
from runs
join ops.month using (month)
where is_empty
group by channel, local_date, run
having count(*) >= 3 and sum(usual_contacts) >= 30
