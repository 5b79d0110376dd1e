-- title:       Live chats of the benchmark, one row per chat
-- kind:        chats
-- files:       chats/*.csv
-- format:      csv
-- options:     delim=','
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
with statuses (exported, outcome) as (
    values ('handled', 'answered'), ('missed', 'abandoned')
)

select
    export._row,
    export.id as contact_id,
    export.skill as queue,
    export.requested_at as entered_at,
    statuses.outcome,
    export.waited as wait_seconds,
    export.lasted as talk_seconds,
    export.agent,
    case when statuses.outcome is null then 'unknown_status' end as _reject
from export
left join statuses on statuses.exported = export.status
