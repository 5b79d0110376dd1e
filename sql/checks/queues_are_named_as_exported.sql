-- title: The register names queues as the exports do
-- reads: fact.contacts, ref.service_level_policy, ref.service_hours
-- severity: warn
-- reason: a row for `billing` is none for `Billing`: that queue is counted by the row for `*`, and
--    nothing else shows it. Write the queue in the register as fact.contacts has it.
with queues as (
    select
        channel,
        queue,
        lower(regexp_replace(queue, '[\s_./-]+', '', 'g')) as word,
        min(local_date) as first_date,
        max(local_date) as last_date,
        sum(contacts) as contacts
    from fact.contacts
    group by channel, queue
),

named as (
    select 'service_level_policy' as register, policy_id as id, channel, queue, valid_from, valid_to
    from ref.service_level_policy
    union all
    select 'service_hours', hours_id, channel, queue, valid_from, valid_to
    from ref.service_hours
)

select
    named.register,
    named.id,
    named.channel,
    named.queue,
    queues.queue as exported_queue,
    queues.contacts
from named
join queues
    on queues.channel = named.channel
    and queues.word = lower(regexp_replace(named.queue, '[\s_./-]+', '', 'g'))
    and named.valid_from <= queues.last_date
    and coalesce(named.valid_to, queues.last_date) >= queues.first_date
where not exists (
    select 1 from named as other
    where other.register = named.register
        and other.channel = named.channel
        and other.queue = queues.queue
        and other.valid_from <= queues.last_date
        and coalesce(other.valid_to, queues.last_date) >= queues.first_date
)
