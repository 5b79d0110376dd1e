-- title: Survey responses
-- grain: one row per invitation that came back with a result, rated or not
-- reads: raw.surveys
-- key: source, response_id
-- order: responded_at, source, response_id
-- day: local_date
-- instant: responded_at
select
    response_id,
    source,
    service,
    question,
    status,
    mode,
    responded_at,
    cast(responded_at as date) as local_date,
    cast(date_trunc('month', cast(responded_at as date)) as date) as month,
    score,
    scale_max,
    contact_id,
    respondent_key,
    responses,
    file_id,
    file_row
from raw.surveys
