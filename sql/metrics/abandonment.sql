-- title: Abandonment
-- unit: share
-- numerator: contacts that gave up in the queue
-- denominator: contacts offered: answered and abandoned
-- rollup: sum
-- grains: day, interval
-- reads: fact.contacts
-- since: 2024-01
select
    month,
    channel,
    queue,
    source,
    coalesce(sum(contacts) filter (outcome = 'abandoned'), 0) as numerator,
    coalesce(sum(contacts) filter (outcome in ('answered', 'abandoned')), 0) as denominator
from fact.contacts
group by month, channel, queue, source
