-- title: Outbound call attempts
-- grain: one row per attempt to reach the person of a case
-- reads: raw.outbound_attempts
-- key: source, attempt_id
-- order: called_at, source, attempt_id
select
    attempt_id,
    source,
    case_id,
    called_at,
    cast(called_at as date) as local_date,
    cast(date_trunc('month', cast(called_at as date)) as date) as month,
    result,
    campaign,
    agent_key,
    talk_seconds,
    attempts,
    file_id,
    file_row
from raw.outbound_attempts
