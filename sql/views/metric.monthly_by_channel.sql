-- title: Metrics by month, channel and service, queues and sources pooled
-- grain: one row per month, metric, channel and service
select
    cast(period || '-01' as date) as month,
    metric_id,
    channel,
    service,
    numerator,
    denominator,
    -- case, not if(): DuckDB 1.5 reads this view too
    case unit when 'seconds' then value else value / 100 end as value,
    status,
    reason,
    lower_95 / 100 as lower_95,
    upper_95 / 100 as upper_95,
    is_few
from kpi.cells
where length(period) = 7
order by month, metric_id, channel, service
