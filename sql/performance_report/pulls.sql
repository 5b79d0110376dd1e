-- title: How far each month, channel, queue and service moved its metric over the months asked for
-- grain: one row per month, metric, channel, queue and service
with parts as (
    select
        month,
        metric_id,
        channel,
        queue,
        service,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from metric.monthly
    where list_contains($months, month)
    group by month, metric_id, channel, queue, service
),

whole as (
    select
        metric_id,
        channel,
        service,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from parts
    group by metric_id, channel, service
)

select
    parts.*,
    $first_month as first_month,
    $last_month as last_month,
    if(definitions.unit in ('seconds', 'number'), 1, 100) as scale,
    scale * cast(parts.numerator as double) / cast(parts.denominator as double) as value,
    scale * (
        cast(parts.numerator as double)
        - cast(parts.denominator as double) * cast(whole.numerator as double)
            / nullif(cast(whole.denominator as double), 0)
    ) / nullif(cast(whole.denominator as double), 0) as pull
from parts
join whole
    on
        whole.metric_id = parts.metric_id
        and whole.channel is not distinct from parts.channel
        and whole.service is not distinct from parts.service
join ref.metric_definitions as definitions on definitions.metric_id = parts.metric_id
where parts.denominator <> 0
order by month, queue nulls first
