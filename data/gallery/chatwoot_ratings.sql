-- title:       Chatwoot, answers to the satisfaction survey
-- kind:        surveys
-- files:       chatwoot/*.json
-- format:      json
-- times:       epoch
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The array that the API's csat_survey_responses gives, page by page. The CSV of the reports is
-- no export of answers: it has means, with a sentence above them and translated headings.
-- Who did not answer is not in it, so that the response rate is 1.
select
    _row,
    id as response_id,
    conversation_id as contact_id,
    'social_media' as service,
    created_at as responded_at,
    rating as score,
    5 as scale_max,
    json_text(contact, '$.id') as respondent
from export
