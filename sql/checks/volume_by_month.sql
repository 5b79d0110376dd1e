-- title: A month's contacts are in line with the month before
-- reads: fact.contacts, ops.month
-- severity: flag
-- trailing: 1
-- tolerance: 0
-- reason: by day served, so that a short month or a running one compares. A season may bring
--    half as many again or take a third; half or nearly twice as many is an export cut or
--    delivered twice under new ids. A month after one of fewer than 300 contacts
--    is not judged.
-- counted once: the month and the one before it are compared
with days as materialized (
    select month, channel, local_date, sum(contacts) as contacts
    from fact.contacts
    where outcome not in ('after_hours', 'not_queued')
    group by month, channel, local_date
),

-- an evening line open on a Sunday is no day served
served as (
    from days
    qualify 10 * contacts >= max(contacts) over (partition by month, channel)
),

months as (
    select
        month,
        channel,
        sum(contacts) as contacts,
        count(*) as days,
        sum(contacts) / count(*) as by_day
    from served
    group by month, channel
)

select
    this.channel,
    this.contacts,
    this.days,
    round(this.by_day) as by_day,
    round(before.by_day) as by_day_before
from months as this
join ops.month using (month)
join months as before
    on before.channel = this.channel and before.month = this.month - interval 1 month
where
    this.days >= 5
    and before.days >= 5
    and before.contacts >= 300
    and (this.by_day < 0.5 * before.by_day or this.by_day > 1.8 * before.by_day)
