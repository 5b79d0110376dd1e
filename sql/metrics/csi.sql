-- title: Customer satisfaction index of a service
-- unit: share
-- numerator: scores as a share of their scale's maximum, overall question
-- denominator: completed and rated responses
-- rollup: sum
-- grains: day
-- reads: fact.survey_responses
-- since: 2024-01
select
    month,
    service,
    source,
    sum(cast(score / scale_max as decimal(18, 12)) * responses) as numerator,
    sum(responses) as denominator
from fact.survey_responses
where status = 'completed' and question = 'overall'
group by month, service, source
