-- title: Whether the rule in force has a figure over the months and queues asked for, and why not
-- grain: one row
select
    case
        when bool_or(is_withheld(status)) then null_status(status)
        when bool_and(status = 'no_volume') then 'no_volume'
        else value_status(status)
    end as status,
    coalesce(
        string_agg(distinct dated_reason, '; ' order by dated_reason)
            filter (status not in ('measured', 'no_volume')),
        min(reason)
    ) as reason
from (
    select status, reason, strftime(month, '%Y-%m') || ' ' || reason as dated_reason
    from metric.service_level_bridge
    where list_contains($months, month)
        and channel = $channel
        and ($queue is null or queue is null or queue = $queue)
        and rule = 'in_force'
)
