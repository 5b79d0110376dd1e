-- title: Metrics by half hour of the local clock, by the month's own definition; the half hours of a day add up to it exactly (of a closed month: to what is known now, not to what was published). One in which nothing happened has no row; of an hour repeated when clocks are set back, both passes count in its half hours
-- grain: one row per half hour, metric, channel, queue, service, source and policy
-- reads: metric.by_interval, metric.monthly, ref.metrics, ref.metric_definitions
-- order: interval_start, metric_id, channel nulls first, queue nulls first, service nulls first, source nulls first, policy_id nulls first
select
    month,
    cast(moment as date) as day,
    moment as interval_start,
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
from cells_of_month('metric.by_interval')
