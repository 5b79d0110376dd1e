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
),

-- all levels of one sorting of the waits
counted as (
    select
        month,
        channel,
        queue,
        outcome,
        count(*) as contacts,
        quantile_disc(wait_seconds, [0.5, 0.8, 0.9, 0.95, 0.99]) as percentiles,
        max(wait_seconds) as longest_seconds
    from levels
    group by month, channel, queue, outcome
)

select
    month,
    channel,
    queue,
    outcome,
    contacts,
    percentiles[1] as p50_seconds,
    percentiles[2] as p80_seconds,
    percentiles[3] as p90_seconds,
    percentiles[4] as p95_seconds,
    percentiles[5] as p99_seconds,
    longest_seconds
from counted
