-- title:       NICE CXone, data download report Call Detail
-- kind:        calls
-- files:       nice_cxone/*.csv
-- format:      csv
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- A row is a contact: what is transferred into another skill has a number of its own there, under
-- the same Master_Contact_ID. Times are those of the report's time zone: say so as `timezone` where
-- it is not the home's.
-- SLA of -1 says that a contact never queued, but also that it was transferred, or gave up within
-- the skill's own threshold; so a wait in the queue counts before it.
-- PostQueue is the customer's time after the agent has left, and no work of an agent.
-- Outbound skills come in the same report: leave yours out by Skill_Name in the `where`.
with
calls as (
    select
        *,
        clean("Agent_No", ['0']) is not null as was_answered,
        seconds_of("InQueue") > 0 or clean("SLA") in ('0', '1') as has_queued,
        local_time("Start_Date" || ' ' || "Start_Time", '%m/%d/%Y %H:%M:%S') as began_at
    from export
),

codes as (
    select map {'Y': 'abandoned', 'N': 'flow_out'} as outcomes
)

select
    _row,
    "Contact_ID" as contact_id,
    "Skill_Name" as queue,
    -- the queue begins when the menu ends
    began_at + to_seconds(seconds_of("PreQueue")) as entered_at,
    case
        when was_answered then 'answered'
        when has_queued then mapped("Abandon", outcomes)
        else 'not_queued'
    end as outcome,
    case when was_answered or has_queued then "InQueue" end as wait_seconds,
    case when was_answered then "Agent_Time" end as talk_seconds,
    case when was_answered then "Agent_No" end as agent,
    case
        when began_at is null then 'unreadable_start'
        else unmapped("Abandon", outcomes, 'unknown_abandon')
    end as _reject
from calls, codes
