-- title:       Benchmark: Outbound call attempts, one row per attempt
-- kind:        outbound_attempts
-- files:       outbound/attempts_*.tsv
-- format:      tsv
-- timezone:    Asia/Jakarta
-- times:       %Y-%m-%d %H:%M:%S
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- One file a month by the time of the attempt; a case's attempts may lie in several.
with
dispositions (exported, result) as (
    values
        ('RPC', 'right_party'),
        ('WPC', 'wrong_party'),
        ('NA', 'no_answer'),
        ('BUSY', 'busy'),
        ('VM', 'voicemail'),
        ('FAIL', 'failed')
)

select
    export._row,
    attempt_no as attempt_id,
    case_no as case_id,
    call_time as called_at,
    dispositions.result,
    campaign,
    agent,
    talk_sec as talk_seconds,
    case when dispositions.result is null then 'unknown_disposition' end as _reject
from export
left join dispositions on dispositions.exported = export.disposition
