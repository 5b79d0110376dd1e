-- title: Every accepted row of agents' time is in the fact once
-- reads: fact.agent_activity, ops.accepted
-- severity: block
-- reason: a row lost or counted twice between export and fact makes the month's figures wrong
select source, accepted_rows, fact_rows, keys
from out_of_balance('agent_activity', 'fact.agent_activity', activity_id)
