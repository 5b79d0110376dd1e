-- title:       Intercom conversations, the ratings in them
-- kind:        surveys
-- files:       intercom/*.json
-- format:      json
-- options:     records='conversations', optional='conversation_rating'
-- times:       epoch
-- version:     updated_at
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The same files feed intercom_chats, where versions are explained. A rating is one of five faces,
-- 1 to 5, and its created_at is when it was asked for; who was asked and did not rate is not_rated.
with ratings as (select *, json_text(conversation_rating, '$.created_at') as asked_at from export)

select
    _row,
    id as response_id,
    id as contact_id,
    'social_media' as service,
    asked_at as responded_at,
    json_text(conversation_rating, '$.rating') as score,
    5 as scale_max,
    json_text(conversation_rating, '$.contact.id') as respondent,
    updated_at as _version
from ratings
where asked_at is not null
