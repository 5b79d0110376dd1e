-- title: Surveys by month: who was asked and did not answer, and why; the share that answered, and that of the two highest ratings. Also of closed periods with all that is known now
-- grain: one row per month, service and question
with surveys as (
    select
        *,
        -- 4 and 5 of 5; fact.low_ratings has 1 and 2
        status = 'completed' and score >= 0.8 * scale_max as is_top_two
    from fact.survey_responses
)

select
    month,
    service,
    question,
    cast(sum(responses) as bigint) as asked,
    cast(coalesce(sum(responses) filter (status = 'completed'), 0) as bigint) as completed,
    cast(coalesce(sum(responses) filter (status = 'not_rated'), 0) as bigint) as not_rated,
    cast(coalesce(sum(responses) filter (status = 'refused'), 0) as bigint) as refused,
    cast(coalesce(sum(responses) filter (status = 'wrong_person'), 0) as bigint) as wrong_person,
    cast(coalesce(sum(responses) filter (status = 'unreachable'), 0) as bigint) as unreachable,
    completed / nullif(asked, 0) as response_rate,
    cast(coalesce(sum(responses) filter (is_top_two), 0) as bigint) as top_two,
    top_two / nullif(completed, 0) as top_two_box
from surveys
group by month, service, question
order by month, service, question
