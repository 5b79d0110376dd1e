-- title: Contacts offered on a channel by weekday (1 is Monday) and hour of the local clock
-- grain: one row per weekday and hour
select
    year(month) as year,
    $last_month as last_month,
    metric_id,
    channel,
    isodow(day) as weekday,
    hour(interval_start) as hour,
    sum(denominator) as denominator
from metric.interval
where metric_id = 'service_level' and channel = $channel and list_contains($months, month)
group by all
order by weekday, hour
