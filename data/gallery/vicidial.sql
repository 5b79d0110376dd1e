-- title:       VICIdial call export, inbound calls (EXTENDED fields, header row)
-- kind:        calls
-- files:       vicidial/*.txt
-- format:      tsv
-- options:     quote=none, row_limit=100000
-- timezone:    Asia/Jakarta
-- times:       %Y-%m-%d %H:%M:%S
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- WARNING: the export stops at 100,000 rows without a word. A file with exactly as many is
-- loaded, but the run warns of it: export shorter spans, such as a day or a queue.
-- It also leaves out calls of users who have been deleted: export before deleting.
-- Times are the server's own, without an offset: set `timezone` to the server's zone.
-- alt_dial holds the queue's seconds for inbound calls, and a word (MAIN, ALT) for outbound
-- ones, which are left out here. length_in_sec is queue and talk together.
-- Phone numbers, names and addresses are in the export and are not read.
with
-- What the system itself sets; a status that an agent set means the call was answered.
codes as (
    select map {
        'DROP': 'abandoned',
        'XDROP': 'abandoned',
        'TIMEOT': 'flow_out',
        'MAXCAL': 'flow_out',
        'NANQUE': 'flow_out',
        'HOLDTO': 'flow_out',
        'QVMAIL': 'voicemail',
        'AFTHRS': 'after_hours'
    } as statuses
),

calls as (
    select
        *,
        clean("user", ['VDCL', 'VDAD']) is not null as by_agent,
        -- what cannot be read is handed on as it stands, and rejects its row
        coalesce(
            cast(seconds_of(length_in_sec) - seconds_of(alt_dial) as varchar), length_in_sec
        ) as talked
    from export
    where not regexp_matches(alt_dial, '^[A-Z]')
        and status not in ('QUEUE', 'INCALL')  -- still going on when the export was made
)

select
    _row,
    uniqueid as contact_id,
    campaign_id as queue,
    call_date as entered_at,
    case when by_agent then 'answered' else mapped(status, statuses) end as outcome,
    alt_dial as wait_seconds,
    case when by_agent then talked end as talk_seconds,
    case when by_agent then "user" end as agent,
    case when not by_agent then unmapped(status, statuses, 'unknown_status') end as _reject
from calls, codes
