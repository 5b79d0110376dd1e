-- title:       Asterisk queue_log, one line per event
-- kind:        calls
-- files:       asterisk/queue_log*
-- format:      csv
-- options:     header=false, names='line', delim=tab, quote=none
-- timezone:    UTC
-- times:       epoch
-- covers:      dates
-- expects:     none
-- tolerance:   1%
-- epoch|callid|queue|member|EVENT|data1..data5, without a header and with as many fields as the
-- event has. So a line is read as one column (a tab never stands in it) and split here.
-- Where Asterisk writes to a table, have its rows written as such lines, by MySQL as
-- concat_ws('|', unix_timestamp(time), callid, queuename, agent, event, data1, data2, ..., data5).
--
-- A contact is one stay in one queue: from ENTERQUEUE to the event that ends it. A call that
-- overflows into a second queue is two contacts. Lines that belong to no call (callid NONE,
-- REALTIME, MANAGER: members, pauses, restarts) are left out, and so are those of an agent's own
-- call, by which he logs in, and a dial plan's notes on a call (DID, as FreePBX writes before it
-- enters a queue, and INFO).
-- RINGNOANSWER carries milliseconds, all other durations are seconds. It is not read here:
-- CONNECT and ABANDON tell the whole wait.
-- A log cut while calls were waiting: a stay without its end is rejected here as `unfinished`;
-- the next file has its CONNECT or ABANDON, which names the wait, so it is counted there. Cut
-- the log at night, or deliver the whole log again: the later delivery of a stay counts.
with
events as (
    select
        _row,
        string_split(line, '|') as field,
        field[2] as call,
        field[3] as queue,
        field[5] as event
    from export
    where clean(field[2], ['NONE', 'REALTIME', 'MANAGER']) is not null
        and coalesce(field[5], '') not in (
            'DID', 'INFO', 'ADDMEMBER', 'REMOVEMEMBER', 'PAUSE', 'UNPAUSE', 'AGENTLOGIN',
            'AGENTLOGOFF', 'AGENTCALLBACKLOGIN', 'AGENTCALLBACKLOGOFF'
        )
),

stays as (
    select
        *,
        sum(case when event = 'ENTERQUEUE' then 1 else 0 end)
            over (partition by call order by _row) as stay
    from events
),

contacts as (
    select
        call,
        stay,
        min(_row) as _row,
        count(*) as _rows,
        max(queue) filter (where event in ('ENTERQUEUE', 'CONNECT', 'ABANDON')) as queue,
        max(field[1]) filter (where event = 'ENTERQUEUE') as entered,
        arg_min(field, _row) filter (where event = 'CONNECT') as connected,
        arg_min(field, _row) filter (where event = 'ABANDON') as abandoned,
        arg_min(field, _row) filter (
            where event in ('EXITWITHTIMEOUT', 'EXITWITHKEY', 'EXITEMPTY')
        ) as left_by,
        arg_max(field, _row) filter (where event in ('COMPLETEAGENT', 'COMPLETECALLER')) as done,
        -- an agent's talk ends with a transfer, too
        arg_max(field, _row) filter (
            where event in ('BLINDTRANSFER', 'ATTENDEDTRANSFER', 'TRANSFER')
        ) as handed_on
    from stays
    group by call, stay
),

waits as (
    select
        *,
        case
            when connected is not null then connected[6]
            when abandoned is not null then abandoned[8]
            when left_by[5] = 'EXITWITHKEY' then left_by[9]
            else left_by[8]
        end as waited,
        coalesce(connected[1], abandoned[1]) as stopped
    from contacts
)

select
    _row,
    _rows,
    call || '-' || queue || '-' || coalesce(entered, stopped, '') as contact_id,
    queue,
    coalesce(
        entered, cast(cast(number_of(stopped) - seconds_of(waited) as bigint) as varchar)
    ) as entered_at,
    coalesce(done[1], handed_on[1], abandoned[1], left_by[1]) as ended_at,
    case
        when connected is not null then 'answered'
        when abandoned is not null then 'abandoned'
        when left_by is not null then 'flow_out'
    end as outcome,
    waited as wait_seconds,
    -- ...|hold|talk|origpos; before Asterisk 12 extension|context|hold|talk, and origpos or not
    coalesce(done[7], if(handed_on[5] = 'TRANSFER', handed_on[9], handed_on[-2])) as talk_seconds,
    connected[4] as agent,
    case
        when coalesce(connected, abandoned, left_by) is null then 'unfinished'
        when queue is null then 'no_queue'
    end as _reject
from waits
order by _row
