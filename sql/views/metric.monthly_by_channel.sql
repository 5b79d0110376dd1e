-- title: Metrics by month, channel and service, queues and sources pooled
-- grain: one row per month, metric, channel and service
select
    cast(period || '-01' as date) as month,
    metric_id,
    channel,
    service,
    numerator,
    denominator,
    -- divided once: a hundredth of a percentage may miss a target by a last bit
    case
        when value is not null then cast(numerator as double) / cast(denominator as double)
    end as value,
    status,
    reason,
    lower_95 / 100 as lower_95,
    upper_95 / 100 as upper_95,
    is_few
from kpi.cells
where length(period) = 7
order by month, metric_id, channel, service
