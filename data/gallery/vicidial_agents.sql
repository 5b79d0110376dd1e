-- title:       VICIdial, table vicidial_agent_log
-- kind:        agent_activity
-- files:       vicidial_agents/*.txt
-- format:      tsv
-- options:     quote=none, optional='dead_sec'
-- nulls:       \N; NULL
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The table as MySQL writes it out, tab-separated with a header. A row is one round of an agent:
-- pause, wait, talk, disposition, each in seconds. The rounds of an agent, day and campaign are
-- added up here; a round that begins before midnight belongs to that day.
-- Times are the server's: say so as `timezone` where its zone is not the home's.
-- talk_sec goes on after the customer has hung up, for dead_sec: that is work after the call.
-- A round of 65,000 seconds and more is one that the server never ended, and VICIdial's own
-- reports leave it out; it is rejected here, and its whole day, campaign and agent with it, for the
-- day is then not known.
with
rounds as (
    select
        *,
        local_time(event_time, '%Y-%m-%d %H:%M:%S') as began_at,
        number_of(pause_sec) as paused,
        number_of(wait_sec) as waited,
        number_of(talk_sec) as talked,
        number_of(dispo_sec) as disposed,
        coalesce(number_of(dead_sec), 0) as dead
    from export
)

select
    min(_row) as _row,
    count(*) as _rows,
    "user" as agent,
    cast(began_at as date) as day,
    'phone' as channel,
    campaign_id as part,
    sum(greatest(talked - dead, 0)) as active_seconds,
    sum(disposed + least(dead, talked)) as acw_seconds,
    sum(paused) as not_ready_seconds,
    sum(waited) as available_seconds,
    sum(paused + waited + talked + disposed) as staffed_seconds,
    case
        when bool_or(began_at is null) then 'unreadable_start'
        when bool_or(paused is null or waited is null or talked is null or disposed is null)
            then 'unreadable_seconds'
        when bool_or(greatest(paused, waited, talked, disposed) >= 65000) then 'never_ended'
    end as _reject
from rounds
group by "user", cast(began_at as date), campaign_id
