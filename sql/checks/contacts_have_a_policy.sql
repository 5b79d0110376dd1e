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
    and contacts.local_date between policy.valid_from and coalesce(policy.valid_to, date '9999-12-31')
where policy.policy_id is null
group by contacts.channel, contacts.queue, contacts.local_date
