-- title: Survey responses are of a service that the register counts
-- reads: fact.survey_responses, ref.requirements, ref.composite_parts, ref.kpis
-- severity: warn
-- reason: a service by another word is left out of the satisfaction index, which is then of the
--    others alone. Map the word in the source, or name the service in the register.
select service, sum(responses) as responses
from fact.survey_responses
where
    status = 'completed'
    and question = 'overall'
    and service not in (
        select service from ref.requirements where service is not null
        union all
        select service from ref.composite_parts where service is not null
        union all
        select service from ref.kpis where service is not null
    )
group by service
