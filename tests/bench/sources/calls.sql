-- title:       Telephone calls of the benchmark, one row per call
-- kind:        calls
-- files:       calls/*.csv
-- format:      csv
-- options:     delim=';'
-- timezone:    Asia/Jakarta
-- times:       %d/%m/%Y %H:%M:%S
-- decimal:     ,
-- nulls:       -
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
with outcomes (exported, outcome) as (
    values ('Answered', 'answered'), ('Abandoned', 'abandoned'), ('Overflow', 'flow_out')
)

select
    export._row,
    "Call ID" as contact_id,
    "Queue" as queue,
    "Entered" as entered_at,
    "Answered" as answered_at,
    "Ended" as ended_at,
    outcomes.outcome,
    "Wait" as wait_seconds,
    "Talk" as talk_seconds,
    "Hold" as hold_seconds,
    "Wrap-up" as acw_seconds,
    "Agent" as agent,
    case when outcomes.outcome is null then 'unknown_outcome' end as _reject
from export
left join outcomes on outcomes.exported = export."Outcome"
