-- title:       Customer survey, one row per person asked
-- kind:        surveys
-- files:       surveys/surveys_*.xlsx
-- format:      xlsx
-- options:     sheet=Responses
-- timezone:    Asia/Jakarta
-- times:       %Y-%m-%d %H:%M:%S
-- identifiers: respondent=phone
-- covers:      filename %Y%m
-- expects:     month
-- tolerance:   0.5%
-- keys_from:   calls, chats, outbound_attempts
-- Submitted is a date-time cell; it is handed over in the form of `times`. A completed
-- response with a blank or zero score is kept as not rated by the contract.
with
services (exported, service) as (
    values
        ('Inbound', 'inbound'),
        ('Outbound', 'outbound'),
        ('Pengaduan', 'complaint'),
        -- social media, and the survey that follows a live chat
        ('Medsos', 'social_media')
),

statuses (exported, status) as (
    values
        ('Selesai', 'completed'),
        ('Menolak', 'refused'),
        ('Salah orang', 'wrong_person'),
        ('Tidak terhubung', 'unreachable')
)

select
    export._row,
    "Response ID" as response_id,
    services.service,
    "Submitted" as responded_at,
    "Score" as score,
    "Scale" as scale_max,
    statuses.status,
    "Contact ID" as contact_id,
    "Respondent" as respondent,
    case
        when services.service is null then 'unknown_service'
        when statuses.status is null then 'unknown_status'
    end as _reject
from export
left join services on services.exported = export."Service"
left join statuses on statuses.exported = export."Status"
