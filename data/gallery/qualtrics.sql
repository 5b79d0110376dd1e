-- title:       Qualtrics responses (CSV with three header rows)
-- kind:        surveys
-- files:       qualtrics/*.csv
-- format:      csv
-- options:     multiline=true, optional='RecipientEmail,ExternalDataReference,DistributionChannel'
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- The first row names the columns. The second repeats the questions and the third holds
-- {"ImportId":...}, for dates with the zone that all times of the file are in: both are read as
-- records here, the zone is taken from the third, and both are left out.
-- Q1 is the overall question, 1 to 5, exported as numbers or as words: list your own words.
-- One survey is one service: copy this file for another, and change service and `files`.
with
codes as (
    select
        map {
            'IP Address': 'real', '0': 'real',
            'Imported': 'real', '4': 'real',
            'Survey Preview': 'trial', '1': 'trial',
            'Survey Test': 'trial', '2': 'trial',
            'Spam': 'trial', '8': 'trial'
        } as statuses,
        map {
            'Very dissatisfied': '1', 'Dissatisfied': '2', 'Neutral': '3',
            'Satisfied': '4', 'Very satisfied': '5'
        } as words
),

zones as (
    select max(json_text("RecordedDate", '$.timeZone')) as zone from export where _row = 2
)

select
    _row,
    "ResponseId" as response_id,
    'inbound' as service,
    in_zone("RecordedDate", zone) as responded_at,
    coalesce(mapped("Q1", words), "Q1") as score,
    5 as scale_max,
    "DistributionChannel" as mode,
    "ExternalDataReference" as contact_id,
    "RecipientEmail" as respondent,
    unmapped("Status", statuses, 'unknown_status') as _reject
from export, codes, zones
where _row > 2 and mapped("Status", statuses) is distinct from 'trial'
