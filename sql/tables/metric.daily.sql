-- title: Metrics by day, by the month's own definition; the days of a month add up to it exactly (of a closed month: to what is known now, not to what was published). A day on which nothing happened has no row
-- grain: one row per day, metric, channel, queue, service, source and policy
-- reads: metric.by_day, metric.monthly, ref.metrics, ref.metric_definitions
-- order: day, metric_id, channel nulls first, queue nulls first, service nulls first, source nulls first, policy_id nulls first
select
    month,
    moment as day,
    metric_id,
    channel,
    queue,
    service,
    source,
    policy_id,
    numerator,
    denominator,
    value,
    lower_95,
    upper_95,
    is_few,
    coverage,
    status,
    reason
from cells_of_month('metric.by_day')
