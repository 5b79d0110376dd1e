-- title:       Wazo, table stat_call_on_queue
-- kind:        calls
-- files:       wazo/*.csv
-- format:      csv
-- aliases:     queue_id=stat_queue_id; agent_id=stat_agent_id
-- covers:      dates
-- expects:     day
-- tolerance:   0.5%
-- The table as psql copies it out, `\copy (select * from stat_call_on_queue) to ... csv header`,
-- with the queue's and the agent's number; join stat_queue and stat_agent for their names. A call
-- that enters several queues has a row in each. `id` is numbered anew whenever wazo-stat fills
-- the table again, so it is no identity.
-- `time` has its offset. waittime is the hold time, which the agent's ringing is part of.
-- Whoever found the queue full, empty or diverted was sent on at its door, without a wait.
with
codes as (
    select
        map {
            'answered': 'answered',
            'abandoned': 'abandoned',
            'timeout': 'flow_out',
            'leaveempty': 'flow_out',
            'full': 'flow_out',
            'joinempty': 'flow_out',
            'divert_ca_ratio': 'flow_out',
            'divert_waittime': 'flow_out',
            'closed': 'after_hours'
        } as outcomes
)

select
    _row,
    callid || '-' || stat_queue_id || '-' || "time" as contact_id,
    stat_queue_id as queue,
    "time" as entered_at,
    mapped(status, outcomes) as outcome,
    waittime as wait_seconds,
    case when status = 'answered' then talktime end as talk_seconds,
    case when status = 'answered' then stat_agent_id end as agent,
    unmapped(status, outcomes, 'unknown_status') as _reject
from export, codes
