-- title: How long contacts waited: percentiles, which cannot be summed or averaged over rows
-- grain: one row per month, channel, queue (* for all queues together) and outcome
-- reads: fact.contacts
-- order: month, channel, queue, outcome
with waits as (
    select month, channel, queue, outcome, wait_seconds, contacts
    from fact.contacts
    where outcome in ('answered', 'abandoned') and wait_seconds is not null and contacts > 0
        -- beside bounds stands at most the mean of many
        and coalesce(wait_within_seconds, wait_over_seconds) is null
),

levels as (
    select * from waits
    union all
    select * replace ('*' as queue) from waits
),

-- all levels of one sorting of the waits, where each row is one contact
counted as (
    select
        month,
        channel,
        queue,
        outcome,
        sum(contacts) as contacts,
        quantile_disc(wait_seconds, [0.5, 0.8, 0.9, 0.95, 0.99]) as percentiles,
        max(wait_seconds) as longest_seconds,
        max(contacts) > 1 as is_weighted
    from levels
    group by month, channel, queue, outcome
),

-- where a row stands for several, the shortest wait within which so large a share of them is;
-- apart, because it takes ten times as long
ranked as (
    select
        levels.*,
        counted.contacts as total,
        sum(levels.contacts) over (
            partition by month, channel, queue, outcome
            order by wait_seconds
            range between unbounded preceding and current row
        ) as up_to
    from levels
    join counted using (month, channel, queue, outcome)
    where counted.is_weighted
),

weighted as (
    select
        month,
        channel,
        queue,
        outcome,
        [
            min(wait_seconds) filter (up_to >= 0.50 * total),
            min(wait_seconds) filter (up_to >= 0.80 * total),
            min(wait_seconds) filter (up_to >= 0.90 * total),
            min(wait_seconds) filter (up_to >= 0.95 * total),
            min(wait_seconds) filter (up_to >= 0.99 * total)
        ] as percentiles
    from ranked
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
from (
    select
        counted.* replace (
            cast(counted.contacts as bigint) as contacts,
            coalesce(weighted.percentiles, counted.percentiles) as percentiles
        )
    from counted
    left join weighted using (month, channel, queue, outcome)
)
