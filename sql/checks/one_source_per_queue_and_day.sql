-- title: A queue's contacts of one day come from one source
-- reads: fact.contacts
-- severity: warn
-- reason: keys are per source, so two systems that both export a queue (a migration) count it twice
select channel, queue, local_date, count(distinct source) as sources
from fact.contacts
where contacts > 0
    -- who left in the menu or came when closed stood in no queue, and each system has such
    and outcome not in ('not_queued', 'after_hours')
group by channel, queue, local_date
having count(distinct source) > 1
