-- title: Queues, services and sources of which only the version after has figures
-- grain: one row per channel, queue, service and source
-- reads: both versions
-- what is new restates nothing, but a queue renamed in a source is a figure gone and one that came
select
    channel,
    queue,
    service,
    source,
    array_to_string(list(distinct metric_id order by metric_id), ', ') as metrics,
    strftime(min(month), '%Y-%m') as first_month,
    strftime(max(month), '%Y-%m') as last_month
from both_monthly
-- what is withheld is no figure, nor is 0 of 0, which a service that is asked for has of the months
-- after it was renamed; of before it is known all the same
where
    version = 'before'
    or (numerator is not null and (numerator <> 0 or denominator <> 0))
group by channel, queue, service, source
having count(*) filter (version = 'before') = 0
