-- title: How long contacts waited: percentiles, which cannot be summed or averaged over rows
-- grain: one row per month, channel, queue (* for all queues together) and outcome
-- reads: fact.contacts
-- order: month, channel, queue, outcome
with waits as (
    select month, channel, queue, outcome, wait_seconds
    from fact.contacts
    where outcome in ('answered', 'abandoned') and wait_seconds is not null
),

levels as (
    select * from waits
    union all
    select * replace ('*' as queue) from waits
)

select
    month,
    channel,
    queue,
    outcome,
    count(*) as contacts,
    quantile_disc(wait_seconds, 0.5) as p50_seconds,
    quantile_disc(wait_seconds, 0.8) as p80_seconds,
    quantile_disc(wait_seconds, 0.9) as p90_seconds,
    quantile_disc(wait_seconds, 0.95) as p95_seconds,
    quantile_disc(wait_seconds, 0.99) as p99_seconds,
    max(wait_seconds) as longest_seconds
from levels
group by month, channel, queue, outcome
