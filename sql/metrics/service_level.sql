-- title: Service level
-- unit: share
-- numerator: contacts answered within the policy's threshold of queue entry, and what the policy credits
-- denominator: contacts the policy counts as offered
-- rollup: sum
-- reads: fact.contacts, ref.service_level_policy
-- since: 2024-01
with days as (select distinct channel, queue, local_date from fact.contacts),

-- the policy in force that day: a row for the queue goes before one for every queue
policies as (
    select days.local_date, days.queue as of_queue, policy.*
    from days
    join ref.service_level_policy as policy
        on policy.channel = days.channel
        and policy.queue in (days.queue, '*')
        and days.local_date between policy.valid_from
            and coalesce(policy.valid_to, date '9999-12-31')
    qualify row_number() over (
        partition by days.channel, days.queue, days.local_date
        order by policy.queue = '*', policy.policy_id
    ) = 1
),

timed as (
    select
        contacts.month,
        contacts.channel,
        contacts.queue,
        contacts.source,
        contacts.outcome,
        contacts.contacts,
        policies.* exclude (channel, queue, local_date, of_queue),
        coalesce(
            case policies.comparator
                when '<=' then contacts.wait_seconds <= policies.threshold_seconds
                else contacts.wait_seconds < policies.threshold_seconds
            end,
            false
        ) as is_within,
        policies.short_abandon_seconds > 0
            and contacts.wait_seconds <= policies.short_abandon_seconds as is_short
    from fact.contacts
    join policies
        on policies.channel = contacts.channel
        and policies.of_queue = contacts.queue
        and policies.local_date = contacts.local_date
),

-- what the policy says of this contact: exclude, count, credit or credit_within_threshold
treated as (
    select
        *,
        case outcome
            when 'answered' then 'credit_within_threshold'
            when 'abandoned' then
                case
                    when is_short then short_abandons
                    when abandons = 'ignore' then 'exclude'
                    when abandons = 'after_threshold_only'
                        then if(is_within, 'exclude', 'count')
                    else abandons
                end
            when 'flow_out' then flow_out
            when 'callback' then callback
            when 'voicemail' then voicemail
            else 'exclude'
        end as treatment
    from timed
)

select
    month,
    channel,
    queue,
    source,
    policy_id,
    coalesce(sum(contacts) filter (
        treatment = 'credit' or (treatment = 'credit_within_threshold' and is_within)
    ), 0) as numerator,
    coalesce(sum(contacts) filter (treatment <> 'exclude'), 0) as denominator
from treated
group by month, channel, queue, source, policy_id
