-- title:       LimeSurvey responses (CSV, headings as question codes, answers as codes)
-- kind:        surveys
-- files:       limesurvey/*.csv
-- format:      csv
-- options:     multiline=true, optional='token'
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- Times are the server's: say so as `timezone` where its zone is not the home's.
-- Who has not sent the survey off has no submitdate and is left out. A survey that is not "date
-- stamped" gives each response the submitdate 1980-01-01: such rows are rejected (`undated`), for
-- nothing says when they came.
-- Q1 is the overall question: write your code for it, of a question in an array with its
-- subquestion, "Q1[SQ001]". Answers are 1 to 5, or the codes of a list, A1 or AO01, from the worst
-- to the best: turn them in `codes` where the first is the best.
-- One survey is one service: copy this file for another, and change service and `files`.
with
codes as (
    select
        map {
            'A1': '1', 'A2': '2', 'A3': '3', 'A4': '4', 'A5': '5',
            'AO01': '1', 'AO02': '2', 'AO03': '3', 'AO04': '4', 'AO05': '5'
        } as answers
)

select
    _row,
    id as response_id,
    'inbound' as service,
    submitdate as responded_at,
    coalesce(mapped("Q1", answers), clean("Q1", ['N/A'])) as score,
    5 as scale_max,
    token as respondent,
    case when submitdate like '1980-01-01%' then 'undated' end as _reject
from export, codes
where clean(submitdate) is not null
