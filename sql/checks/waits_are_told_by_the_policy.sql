-- title: Contacts counted by their wait are counted by the policy's thresholds
-- reads: fact.contacts, ref.service_level_policy
-- severity: warn
-- reason: who is counted as answered within 60 s says nothing of 20 s, so the service level is not
--    known. A policy of the export's own threshold, for its queue or channel, makes it known.
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
where treatment = 'unknown' and not (wait_over_seconds = 0 and wait_within_seconds is null)
group by all
having sum(contacts) > 0
