-- title: Every accepted payment is in the fact once
-- reads: fact.payments, ops.accepted
-- severity: block
-- reason: a row lost or counted twice between export and fact makes the month's figures wrong
select source, accepted_rows, fact_rows, keys
from out_of_balance('payments', 'fact.payments', payment_id)
