-- title: Occupancy as the field defines it
-- unit: ratio
-- numerator: active, hold and after-call seconds
-- denominator: active, hold, after-call and available seconds
-- rollup: sum
-- grains: day
-- reads: fact.agent_activity
-- since: 2024-01
-- an agent-day whose idle time is unknown is left out, not counted as fully busy; its busy time
-- is that much of what should have been counted
with known as (
    select
        *,
        active_seconds + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0) as busy_seconds
    from fact.agent_activity
    where channel is not null
)

select
    month,
    channel,
    source,
    coalesce(sum(busy_seconds) filter (available_seconds is not null), 0) as numerator,
    coalesce(sum(busy_seconds + available_seconds), 0) as denominator,
    sum(busy_seconds + coalesce(available_seconds, 0)) as eligible
from known
group by month, channel, source
