-- title: Every contact falls under a service-level policy of its day
-- reads: fact.contacts, ref.service_level_policy
-- severity: block
-- reason: a contact without a policy would silently leave the service level
select
    contacts.channel,
    contacts.queue,
    contacts.local_date,
    count(*) as contacts
from fact.contacts
left join ref.service_level_policy as policy
    on policy.channel = contacts.channel
    and policy.queue in (contacts.queue, '*')
    and is_in_force(contacts.local_date, policy.valid_from, policy.valid_to)
where policy.policy_id is null
group by contacts.channel, contacts.queue, contacts.local_date
