-- title:       Telephone calls, one row per call
-- kind:        calls
-- files:       calls/calls_*.csv
-- format:      csv
-- options:     delim=';'
-- timezone:    Asia/Jakarta
-- times:       %d/%m/%Y %H:%M:%S
-- decimal:     ,
-- nulls:       -
-- covers:      filename %Y%m%d
-- expects:     day
-- tolerance:   0.5%
-- One file a day, by the day on which the call reached the switch. The switch repeats the end
-- of the day before at the top of a file: the same Call ID, so it counts once.
with
-- The switch's words on the left, ours on the right. A call that meets a word missing here is
-- rejected as unknown_outcome until someone decides what it means.
outcomes (exported, outcome) as (
    values
        ('Answered', 'answered'),
        ('Abandoned', 'abandoned'),
        ('Overflow', 'flow_out'),
        ('Callback', 'callback'),
        ('Voicemail', 'voicemail'),
        ('Closed', 'after_hours'),
        ('IVR', 'not_queued')
)

select
    export._row,
    "Call ID" as contact_id,
    "Queue" as queue,
    "Entered" as entered_at,
    -- cut to the second by the switch; "Wait" has the fractions and is what counts
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
