-- title: The service level of each month by every rule of the register and by the policy in force (in_force). Also of closed periods with all that is known now
-- grain: one row per month, channel, queue and rule
-- reads: metric.service_level_bridge, ref.metrics
-- order: month, channel nulls first, queue nulls first, rule
with figures as (
    select *
    from metric.service_level_bridge
    qualify step = max(step) over (partition by month, channel, queue, rule)
)

select
    figures.month,
    figures.channel,
    figures.queue,
    figures.rule,
    figures.numerator,
    figures.denominator,
    cast(figures.numerator as double) / cast(nullif(figures.denominator, 0) as double) as value,
    wilson_lower(figures.numerator, figures.denominator) as lower_95,
    wilson_upper(figures.numerator, figures.denominator) as upper_95,
    case
        when figures.denominator > 0
            then coalesce(figures.denominator < metrics.minimum_n, false)
    end as is_few,
    figures.status,
    figures.reason
from figures
left join ref.metrics as metrics on metrics.metric_id = 'service_level'
