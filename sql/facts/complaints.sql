-- title: Complaints about the service
-- grain: one row per complaint, in the month in which it falls due
-- reads: raw.complaints
-- apart: complaint_id
-- key: source, complaint_id
-- order: received_at, source, complaint_id
select
    complaint_id,
    source,
    category,
    channel,
    received_at,
    -- one without a due date falls due in the month it was received
    cast(date_trunc('month', coalesce(due_at, cast(received_at as date))) as date) as month,
    to_follow_up,
    due_at,
    followed_up_at,
    cast(followed_up_at as date) as followed_up_date,
    file_id,
    file_row
from raw.complaints
