-- title: A day's contacts are in line with the days around it
-- reads: fact.contacts, ref.calendar, ops.month
-- severity: flag
-- trailing: 1
-- tolerance: 0
-- reason: under two thirds (0.65) of what the days around it and its weekday lead one to expect, an
--    export was probably cut; over five thirds, delivered twice under new ids. Of few contacts a
--    third is missing by chance, so as many as four times the root of what is expected may be
--    missing. Fewer than 30 expected contacts say nothing.
with days as (
    select month, channel, local_date, sum(contacts) as contacts
    from fact.contacts
    where outcome not in ('after_hours', 'not_queued')
    group by month, channel, local_date
),

-- what Mondays bring of their week, whatever the season
shares as (
    select
        channel,
        local_date,
        contacts / avg(contacts) over (partition by channel, date_trunc('week', local_date)) as share
    from days
),

weekdays as (
    select channel, isodow(local_date) as weekday, median(share) as factor
    from shares
    group by channel, isodow(local_date)
    -- one that is always closed, in an export of counts, is no neighbour
    having median(share) > 0
),

levels as (
    select days.*, weekdays.factor, days.contacts / weekdays.factor as level
    from days
    join weekdays on weekdays.channel = days.channel and weekdays.weekday = isodow(days.local_date)
),

-- before and after apart: where a season begins or ends a day need only fit one of them
sides as (
    select
        *,
        factor * median(level) over earlier as by_days_before,
        factor * median(level) over later as by_days_after,
        count(*) over later as days_after
    from levels
    window
        earlier as (
            partition by channel order by local_date rows between 5 preceding and 1 preceding
        ),
        later as (
            partition by channel order by local_date rows between 1 following and 5 following
        )
),

expected as (
    select
        *,
        least(by_days_before, by_days_after) as least_expected,
        greatest(by_days_before, by_days_after) as most_expected
    from sides
),

-- a running month's last days are judged when three more have come
judged as (
    select expected.*
    from expected
    join ops.month using (month)
    where days_after >= 3
        or month in (select month from ref.calendar where month_state = 'closed')
)

select
    channel,
    local_date,
    contacts,
    round(least_expected) as least_expected,
    round(most_expected) as most_expected
from judged
where
    (
        least_expected >= 30
        and contacts < 0.65 * least_expected
        and least_expected - contacts > 4 * sqrt(least_expected)
    )
    or (
        most_expected >= 30
        and contacts > most_expected / 0.6
    )
