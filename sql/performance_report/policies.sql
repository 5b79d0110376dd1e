-- title: The policy of every queue of a channel at the end of each month asked for
-- grain: one row per month
select months.month, policy.*
from (select unnest($months) as month) as months
join ref.service_level_policy as policy
    on policy.channel = $channel
    and policy.queue = '*'
    and last_day(months.month) between policy.valid_from
        and coalesce(policy.valid_to, date '9999-12-31')
order by months.month
