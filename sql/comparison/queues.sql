-- title: The channels and queues that have a service level in the months asked for, or would have one
-- grain: one row per channel and queue; without a queue, of a channel that is withheld or has no contacts
-- a channel that is withheld names no queues: they are those of its other months
select distinct
    cells.channel,
    unnest(
        if(cells.queue is null, list_prepend(null, coalesce(known.queues, [])), [cells.queue])
    ) as queue
from metric.service_level_bridge as cells
left join (
    select channel, list(distinct queue order by queue) as queues
    from metric.service_level_bridge
    where queue is not null
    group by channel
) as known on known.channel = cells.channel
where list_contains($months, cells.month)
order by all
