-- title: How long contacts waited: percentiles, which cannot be summed or averaged over rows
-- grain: one row per month, channel, queue (* for all queues together) and outcome
-- reads: fact.contacts
-- order: month, channel, queue, outcome
-- a row that stands for several contacts counts as so many
with waits as (
    select month, channel, queue, outcome, wait_seconds, sum(contacts) as contacts
    from fact.contacts
    where outcome in ('answered', 'abandoned') and wait_seconds is not null
    group by month, channel, queue, outcome, wait_seconds
),

levels as (
    select * from waits
    union all
    select * replace ('*' as queue) from waits
),

ranked as (
    select
        *,
        sum(contacts) over (
            partition by month, channel, queue, outcome
            order by wait_seconds
            -- all queues together have a wait several times
            range between unbounded preceding and current row
        ) as up_to,
        sum(contacts) over (partition by month, channel, queue, outcome) as total
    from levels
)

-- the shortest wait within which at least that share of the contacts is
select
    month,
    channel,
    queue,
    outcome,
    cast(any_value(total) as bigint) as contacts,
    min(wait_seconds) filter (up_to >= 0.50 * total) as p50_seconds,
    min(wait_seconds) filter (up_to >= 0.80 * total) as p80_seconds,
    min(wait_seconds) filter (up_to >= 0.90 * total) as p90_seconds,
    min(wait_seconds) filter (up_to >= 0.95 * total) as p95_seconds,
    min(wait_seconds) filter (up_to >= 0.99 * total) as p99_seconds,
    max(wait_seconds) as longest_seconds
from ranked
group by month, channel, queue, outcome
