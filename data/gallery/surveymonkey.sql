-- title:       SurveyMonkey, all responses (CSV, condensed columns)
-- kind:        surveys
-- files:       surveymonkey/*.csv
-- format:      csv
-- options:     header_rows=2, multiline=true, optional='Email Address, Custom Data 1'
-- aliases:     Secara keseluruhan, seberapa puas Anda dengan layanan kami?=overall;
--              Overall, how satisfied are you with our service?=overall
-- times:       %m/%d/%Y %I:%M:%S %p; %m/%d/%Y %H:%M:%S
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- Two header rows: the first has the questions, the second what is asked under them ("Response",
-- a choice). The overall question goes by its own words: write yours under `aliases`.
-- Times are the account's: say so as `timezone` where its zone is not the home's.
-- Answers are words or numbers from 1 to 5, as "5" or "5 - Very satisfied": list your own words.
-- A spreadsheet turns a Respondent ID into 1.18052E+11: such rows are rejected, take the file as
-- it was downloaded.
-- One survey is one service: copy this file for another, and change service and `files`.
with
codes as (
    select
        map {
            'Sangat tidak puas': '1', 'Tidak puas': '2', 'Netral': '3',
            'Puas': '4', 'Sangat puas': '5',
            'Very dissatisfied': '1', 'Dissatisfied': '2',
            'Neither satisfied nor dissatisfied': '3', 'Satisfied': '4', 'Very satisfied': '5'
        } as words
)

select
    _row,
    "Respondent ID" as response_id,
    'inbound' as service,
    "End Date" as responded_at,
    coalesce(
        mapped(overall, words),
        nullif(regexp_extract(overall, '^\s*([1-5])( *-.*)?$', 1), ''),
        overall
    ) as score,
    5 as scale_max,
    "Custom Data 1" as contact_id,
    "Email Address" as respondent
from export, codes
