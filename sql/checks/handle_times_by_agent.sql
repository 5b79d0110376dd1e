-- title: Every agent's handle times are known and possible
-- reads: fact.contacts
-- severity: warn
-- tolerance: 0
-- reason: one in twenty, of 40 answered contacts or more, is no slip but a device, a habit or an
--    export that loses them; the mean handle time is then of the others alone. A system that
--    reports none for most contacts is nobody's fault here: the coverage floor is for that.
--    metric.handle_time_quality counts them for every agent.
with reporting as (
    select source
    from fact.contacts
    where outcome = 'answered' and contacts > 0
    group by source
    having 2 * count(talk_seconds) >= count(*)
),

answered as (
    select
        *,
        handle_time_fault(
            talk_seconds, hold_seconds, acw_seconds, answered_at, ended_at
        ) as fault
    from fact.contacts
    semi join reporting using (source)
    where outcome = 'answered'
)

select
    agent_key,
    channel,
    sum(contacts) as answered,
    sum(contacts) filter (fault is not null) as faulty
from answered
group by agent_key, channel
having
    sum(contacts) >= 40
    and sum(contacts) filter (fault is not null) > 0.05 * sum(contacts)
