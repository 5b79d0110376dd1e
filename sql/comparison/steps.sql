-- title: Each rule's steps over the months and queues asked for; a month or queue that is withheld withholds the sum
-- grain: one row per rule and step, the rule in force first
-- a cell without a queue stands for a channel that is withheld, or has no contacts
with summed as (
    select
        rule,
        step,
        any_value(switch) as switch,
        -- a queue's month may have several already
        nullif(array_to_string(
            list_sort(list_distinct(flatten(list(
                string_split(from_value, ', ') order by from_value
            )))), ', '
        ), '') as from_value,
        any_value(to_value) as to_value,
        count(*) filter (numerator is null) as nulls,
        nulls > 0 as is_withheld,
        case when is_withheld
            then min(concat_ws(' ', strftime(month, '%Y-%m'), queue) || ': ' || reason)
                filter (numerator is null)
            || if(nulls > 1, '; and ' || (nulls - 1) || ' more of its months and queues', '')
        else '' end as reason,
        case when not is_withheld then cast(sum(numerator) as bigint) end as numerator,
        case when not is_withheld then cast(sum(denominator) as bigint) end as denominator
    from metric.service_level_bridge
    where list_contains($months, month)
        and channel = $channel
        and ($queue is null or queue is null or queue = $queue)
    group by rule, step
)

select
    summed.*,
    coalesce(presets.title, 'The policy in force') as title,
    coalesce(presets.follows, '') as follows,
    numerator - lag(numerator) over steps as numerator_change,
    denominator - lag(denominator) over steps as denominator_change,
    wilson_lower(numerator, denominator) as lower_95,
    wilson_upper(numerator, denominator) as upper_95
from summed
left join ref.service_level_presets as presets on presets.rule_id = summed.rule
window steps as (partition by summed.rule order by summed.step)
order by summed.rule <> 'in_force', summed.rule, summed.step
