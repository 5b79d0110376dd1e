-- title: Average speed of answer
-- unit: seconds
-- numerator: seconds from queue entry to the agent's answer, over answered contacts
-- denominator: answered contacts whose wait is known
-- rollup: sum
-- grains: day, interval
-- reads: fact.contacts
-- since: 2024-01
select
    month,
    channel,
    queue,
    source,
    coalesce(sum(wait_seconds * contacts), 0) as numerator,
    coalesce(sum(contacts) filter (wait_seconds is not null), 0) as denominator,
    sum(contacts) as eligible
from fact.contacts
where outcome = 'answered'
group by month, channel, queue, source
