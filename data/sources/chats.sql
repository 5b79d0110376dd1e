-- title:       Live chats, one row per chat
-- kind:        chats
-- files:       chats/chats_*.jsonl
-- format:      json lines
-- covers:      filename %Y%m
-- expects:     month
-- tolerance:   0.5%
-- One file a month, by the centre's own calendar, while the times in it are UTC: its first
-- hours carry the last date of the month before. They are ISO 8601 and end in Z, so neither
-- a format nor a zone is declared.
with
statuses (exported, outcome) as (
    values
        ('handled', 'answered'),
        ('missed', 'abandoned'),
        ('offline', 'after_hours'),
        ('bot_only', 'not_queued')
),

-- Durations are worked out here because the export has none. A time that cannot be read gives
-- null here and rejects its row at conversion, where the time itself is read.
moments as (
    select
        _row,
        epoch_us(try_cast(requested_at as timestamptz)) as requested_us,
        epoch_us(try_cast(first_reply_at as timestamptz)) as replied_us,
        epoch_us(try_cast(ended_at as timestamptz)) as ended_us
    from export
),

durations as (
    select
        _row,
        cast((replied_us - requested_us) / 1000000 as decimal(18, 3)) as until_reply,
        cast((ended_us - requested_us) / 1000000 as decimal(18, 3)) as until_end,
        cast((ended_us - replied_us) / 1000000 as decimal(18, 3)) as with_agent
    from moments
)

select
    export._row,
    export.id as contact_id,
    export.skill as queue,
    -- the request for an agent, not the bot's greeting, starts the clock
    export.requested_at as entered_at,
    -- the agent's first reply stops it
    export.first_reply_at as answered_at,
    export.ended_at,
    statuses.outcome,
    -- one who gave up waited until the end
    case statuses.outcome
        when 'answered' then cast(durations.until_reply as varchar)
        when 'abandoned' then cast(durations.until_end as varchar)
    end as wait_seconds,
    -- agents close a chat when the notes are written: after-chat work is inside
    cast(durations.with_agent as varchar) as talk_seconds,
    export.agent,
    case when statuses.outcome is null then 'unknown_status' end as _reject
from export
join durations on durations._row = export._row
left join statuses on statuses.exported = export.status
