-- title: Every accepted attempt is in the fact once
-- reads: fact.outbound_attempts, ops.accepted
-- severity: block
-- reason: a row lost or counted twice between export and fact makes the month's figures wrong
select source, accepted_rows, fact_rows, keys
from out_of_balance('outbound_attempts', 'fact.outbound_attempts', attempt_id)
