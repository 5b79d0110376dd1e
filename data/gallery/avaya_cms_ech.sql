-- title:       Avaya CMS external call history (ECH), one row per call segment
-- kind:        calls
-- files:       avaya_cms/ech_*.csv
-- format:      csv
-- options:     optional='calling_pty,dialed_num'
-- times:       epoch
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- A call is a chain of segments (one for each transfer or conference) with one ucid. The chain
-- becomes one contact: the wait of its first stay in a split, the work of all its agents.
--
-- Check on a few calls you know:
--   disposition 1..7 is documented as below, but users have met 2 and 3 the other way round;
--   segstart_utc is epoch here; another export writes segstart as dd-mm-yyyy text in local time
--     (then say so in `times` and `timezone`, and build entered_at with local_time);
--   queuetime + ringtime is taken as the wait, never more than disptime, which is certain to
--     hold the vector, the queue and the ringing together;
--   segstop includes after-call work.
-- Export whole calls, by the day they end: a chain cut between two files is two halves.
with
codes as (
    select map {
        '2': 'answered',
        '3': 'abandoned',
        '4': 'flow_out',  -- interflowed to another switch
        '5': 'flow_out',  -- forced busy, after it was queued
        '6': 'flow_out',  -- forced disconnect, after it was queued
        '7': 'flow_out'   -- other
    } as dispositions
),

-- An export delivers a segment twice now and then: copies count as rows, not as segments.
segments as (
    select
        ucid,
        number_of(segment) as place,
        number_of(split1) > 0 as queued,
        clean(dispvdn, ['0']) is not null as by_vdn,
        segstart_utc as start,
        number_of(segstop_utc) as stop,
        seconds_of(disptime) as until_disposition,
        least(seconds_of(queuetime) + seconds_of(ringtime), seconds_of(disptime)) as waited,
        seconds_of(talktime) as talk,
        seconds_of(ansholdtime) as hold,
        seconds_of(acwtime) as acw,
        clean(dispsplit, ['0']) as split,
        disposition,
        clean(anslogin) as agent,
        until_disposition + waited + talk + hold + acw + place is null as unreadable,
        min(_row) as first_row,
        count(*) as copies
    from export
    group by all
),

chains as (
    select
        ucid,
        min(first_row) as _row,
        sum(copies) as _rows,
        bool_or(queued) as queued,
        count(*) > count(distinct place) as conflicting,
        bool_or(unreadable) as unreadable,
        coalesce(
            arg_min(segments, place) filter (where queued), arg_min(segments, place)
        ) as stay,
        max(stop) as stop,
        sum(talk) as talk,
        sum(hold) as hold,
        sum(acw) as acw
    from segments
    group by ucid
    -- neither a split nor a VDN: calls between extensions, and outbound ones
    having bool_or(queued or by_vdn)
)

select
    _row,
    _rows,
    ucid as contact_id,
    stay.split as queue,
    -- the announcements of the vector come first; the wait starts with the queue
    coalesce(
        cast(number_of(stay.start) + stay.until_disposition - stay.waited as varchar), stay.start
    ) as entered_at,
    cast(stop as varchar) as ended_at,
    case when queued then mapped(stay.disposition, dispositions) else 'not_queued' end as outcome,
    case when queued then stay.waited end as wait_seconds,
    talk as talk_seconds,
    hold as hold_seconds,
    acw as acw_seconds,
    stay.agent,
    case
        when unreadable then 'unreadable_segment'
        when conflicting then 'segment_conflict'
        when queued then unmapped(stay.disposition, dispositions, 'unknown_disposition')
    end as _reject
from chains, codes
order by _row
