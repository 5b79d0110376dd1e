-- title: Service level without incident windows
-- unit: share
-- numerator: contacts answered within the policy's threshold of queue entry, and what the policy credits
-- denominator: contacts the policy counts as offered, but for those that came during an incident
-- rollup: sum
-- reads: fact.contacts, ref.service_level_policy
-- since: 2024-01
select
    month,
    channel,
    queue,
    source,
    policy_id,
    coalesce(sum(contacts) filter (is_met(treatment, is_within)), 0) as numerator,
    coalesce(sum(contacts) filter (treatment not in ('exclude', 'unknown')), 0) as denominator,
    coalesce(sum(contacts) filter (treatment <> 'exclude'), 0) as eligible
from treated_contacts()
where incident_id is null
group by month, channel, queue, source, policy_id
