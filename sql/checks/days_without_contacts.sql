-- title: Weekdays that have contacts have them every week
-- reads: fact.contacts, ref.calendar, ops.coverage, ops.month
-- severity: flag
-- trailing: 1
-- tolerance: 0
-- reason: days in a row, on which 100 contacts and more are usual, do not stay empty by chance:
--    exports are missing, or empty though days were worked. A day with after-hours contacts in
--    the usual hours was closed; days whose file is missing are named elsewhere.
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
        isodow(local_date) as weekday,
        hour(to_timestamp(quarter_hour * 900)) as hour,
        outcome not in ('after_hours', 'not_queued') as is_queued
    from quarter_hours
),

usual_hours as (
    select channel, hour
    from contacts
    where is_queued
    group by channel, hour
    qualify sum(contacts) >= sum(sum(contacts)) over (partition by channel) / 24
),

closed as (
    select distinct channel, local_date
    from contacts
    join usual_hours using (channel, hour)
    where outcome = 'after_hours'
),

days as (
    select channel, weekday, local_date, sum(contacts) as contacts
    from contacts
    where is_queued
    group by channel, weekday, local_date
),

-- from a channel's first day to the end of the month, or of what has come of it
spans as (
    select
        channel,
        min(local_date) as first_day,
        max(local_date) as latest,
        (select last_day(month) from ops.month) as month_end
    from days
    group by channel
),

dates as (
    select
        spans.channel,
        cast(unnest(range(
            first_day,
            case
                when month_end in (
                    select last_day(month) from ref.calendar where month_state = 'closed'
                ) then month_end
                else latest
            end + interval 1 day,
            interval 1 day
        )) as date) as local_date
    from spans
),

-- a weekday is usual if it had contacts on at least half of its dates
usual as (
    select
        dates.channel,
        isodow(dates.local_date) as weekday,
        median(days.contacts) as contacts
    from dates
    left join days using (channel, local_date)
    group by dates.channel, isodow(dates.local_date)
    having count(days.contacts) >= 2 and 2 * count(days.contacts) >= count(*)
),

runs as (
    select
        dates.*,
        usual.contacts as usual_contacts,
        days.local_date is null and closed.local_date is null as is_empty,
        sum(if(is_empty, 0, 1)) over (
            partition by dates.channel order by dates.local_date
        ) as run
    from dates
    join usual on usual.channel = dates.channel and usual.weekday = isodow(dates.local_date)
    left join days on days.channel = dates.channel and days.local_date = dates.local_date
    left join closed on closed.channel = dates.channel and closed.local_date = dates.local_date
)

select
    channel,
    min(local_date) as first_day,
    max(local_date) as last_day,
    count(*) as days,
    round(sum(usual_contacts)) as usual_contacts
from runs
join ops.month on date_trunc('month', local_date) = ops.month.month
where
    is_empty
    and not exists (
        from ops.coverage
        where coverage.month = ops.month.month
            and coverage.state = 'incomplete'
            and coverage.kind = if(runs.channel = 'phone', 'calls', 'chats')
    )
group by channel, run
having sum(usual_contacts) >= 100
