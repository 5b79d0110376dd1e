-- title: Service level by month: phone and chat beside the index and its target
-- grain: one row per month
with channels as (
    select
        month,
        max(value) filter (metric_id = 'service_level' and channel = 'phone') as phone,
        max(value) filter (metric_id = 'service_level' and channel = 'chat') as chat,
        max(value) filter (metric_id <> 'service_level' and channel = 'phone')
            as phone_without_incidents,
        max(value) filter (metric_id <> 'service_level' and channel = 'chat')
            as chat_without_incidents
    from metric.monthly_by_channel
    where metric_id in ('service_level', 'service_level_without_incidents')
    group by month
),

indices as (
    select month, value from metric.composites where composite_id = 'service_level_index'
),

policies as (
    select
        channels.month,
        max(policy.target_share) filter (policy.channel = 'phone') as phone_target,
        max(policy.target_share) filter (policy.channel = 'chat') as chat_target
    from channels
    join ref.service_level_policy as policy
        on policy.queue = '*'
        and is_in_force(last_day(channels.month), policy.valid_from, policy.valid_to)
    group by channels.month
)

select
    channels.month,
    channels.phone,
    channels.chat,
    cast(policies.phone_target as double) as target,
    -- twelve places: on the target is reached, whatever the last bit of a quotient
    round(channels.phone, 12) >= policies.phone_target
        and round(channels.chat, 12) >= policies.chat_target as reached,
    indices.value as index,
    channels.phone_without_incidents,
    channels.chat_without_incidents
from channels
left join policies using (month)
left join indices using (month)
order by channels.month
