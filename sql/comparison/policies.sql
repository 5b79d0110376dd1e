-- title: The policies by which the months and queues asked for were counted
-- grain: one row per policy
select distinct policy_id
from metric.monthly
where metric_id = 'service_level'
    and policy_id is not null
    and list_contains($months, month)
    and channel = $channel
    and ($queue is null or queue = $queue)
order by policy_id
