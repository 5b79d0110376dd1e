-- title: Of each wait it is known what the policy asks of it
-- reads: fact.contacts, ref.service_level_policy
-- severity: warn
-- reason: who is counted as answered within 60 s says nothing of 20 s, and who gave up without a
--    wait may be a short abandon, so the service level is not known. A policy of the export's own
--    threshold, for its queue or channel, or one that does not ask it, makes it known.
select
    channel,
    queue,
    source,
    threshold_seconds,
    short_abandon_seconds,
    wait_within_seconds,
    wait_over_seconds,
    sum(contacts) as contacts
from treated_contacts()
-- over 0 s alone says that nothing is known of the wait, which a source may mean
where
    treatment = 'unknown'
    and (wait_over_seconds is distinct from 0 or wait_within_seconds is not null)
group by all
having sum(contacts) > 0
