-- title: Average handle time
-- unit: seconds
-- numerator: talk, hold and after-call work in seconds, over answered contacts
-- denominator: answered contacts whose talk time is known
-- rollup: sum
-- grains: day, interval
-- reads: fact.contacts
-- since: 2024-01
-- a system that reports no hold or after-call work adds none; a lost talk time is not zero
select
    month,
    channel,
    queue,
    source,
    coalesce(sum(
        (talk_seconds + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0)) * contacts
    ), 0) as numerator,
    coalesce(sum(contacts) filter (talk_seconds is not null), 0) as denominator,
    sum(contacts) as eligible
from fact.contacts
where outcome = 'answered'
group by month, channel, queue, source
