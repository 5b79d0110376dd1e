-- title: Every accepted response is in the fact once
-- reads: fact.survey_responses, ops.accepted
-- severity: block
-- reason: a row lost or counted twice between export and fact makes the month's figures wrong
select source, accepted_rows, fact_rows, keys
from out_of_balance('surveys', 'fact.survey_responses', response_id)
