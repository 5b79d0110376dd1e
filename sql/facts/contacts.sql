-- title: Contacts: calls and live chats
-- grain: one row per contact, one customer's one stay in one queue
-- reads: raw.calls, raw.chats, ref.service_hours, ref.events, ref.event_kinds
-- key: source, contact_id
-- order: entered_at, source, contact_id
-- day: local_date
-- instant: entered_at
-- exports are read twice, for quarter hours and for contacts: held between, those of a large month
-- leave their sort too little memory
with calls as not materialized (select 'phone' as channel, * from raw.calls),

chats as not materialized (select 'chat' as channel, * from raw.chats),

contacts as not materialized (select * from calls union all by name select * from chats),

arrived as not materialized (
    select
        * exclude (queue),
        -- a contact whose export names no queue still belongs to exactly one
        coalesce(queue, 'main') as queue,
        epoch_us(entered_at) // 900_000_000 as quarter_hour
    from contacts
),

-- a zone is dear to ask and changes by quarter hours, so it is asked of these and not of contacts
quarter_hours as (
    select
        *,
        cast(to_timestamp(quarter_hour * 900) as timestamp) as begins_at,
        cast(begins_at as date) as local_date,
        epoch_us(begins_at) - quarter_hour * 900_000_000 as zone_us
    from (select distinct channel, queue, quarter_hour from arrived)
),

-- hours and events are looked up once a day and queue, however many came
days as (select distinct channel, queue, local_date from quarter_hours),

-- the hours that hold that day: the queue's own before `*`, the most particular day first
hours as (
    select days.*, hours.opens, hours.closes
    from days
    join ref.service_hours as hours
        on hours.channel = days.channel
        and hours.queue in (days.queue, '*')
        and is_in_force(days.local_date, hours.valid_from, hours.valid_to)
        and case hours.days
            when 'every' then true
            when 'weekday' then isodow(days.local_date) <= 5
            when 'weekend' then isodow(days.local_date) > 5
            when 'month_last_day' then days.local_date = last_day(days.local_date)
            else lower(dayname(days.local_date)) = hours.days
        end
    qualify rank() over (
        partition by days.channel, days.queue, days.local_date
        order by
            hours.queue = '*',
            case hours.days
                when 'month_last_day' then 1
                when 'weekday' then 3
                when 'weekend' then 3
                when 'every' then 4
                else 2
            end
    ) = 1
),

-- a row without times says: closed all day
open_days as (
    select
        channel,
        queue,
        local_date,
        coalesce(
            list({
                'begins_at': local_date + cast(opens as interval),
                'ends_at': local_date + cast(closes as interval)
            } order by opens, closes) filter (opens is not null),
            []
        ) as windows
    from hours
    group by channel, queue, local_date
),

eventful_days as (
    select
        days.channel,
        days.queue,
        days.local_date,
        list(events order by events.begins_at, events.event_id)
            filter (kinds.closes_service) as closings,
        list(events order by events.begins_at, events.event_id) filter (kinds.is_incident)
            as incidents
    from days
    join ref.events as events
        on coalesce(events.channel, days.channel) = days.channel
        and events.queue in (days.queue, '*')
        and events.begins_at < days.local_date + interval 1 day
        and events.ends_at > days.local_date
    join ref.event_kinds as kinds on kinds.kind = events.kind
    group by days.channel, days.queue, days.local_date
),

known as (
    select
        quarter_hours.*,
        cast(date_trunc('month', local_date) as date) as month,
        open_days.windows,
        eventful_days.closings,
        eventful_days.incidents
    from quarter_hours
    left join open_days using (channel, queue, local_date)
    left join eventful_days using (channel, queue, local_date)
),

-- a subquery and no join: of a join the engine may hold every contact in memory, not every
-- quarter hour
looked_up as (
    select
        arrived.*,
        (
            select known
            from known
            where known.channel = arrived.channel
                and known.queue = arrived.queue
                and known.quarter_hour = arrived.quarter_hour
        ) as known
    from arrived
),

timed as (
    select *, make_timestamp(epoch_us(entered_at) + known.zone_us) as entered_local
    from looked_up
),

-- most days have no events: to filter a list costs as much where there is none
placed as (
    select
        *,
        case
            when known.windows is null then true
            else len(list_filter(
                known.windows, lambda w: entered_local >= w.begins_at and entered_local < w.ends_at
            )) > 0
        end
        and case
            when known.closings is null then true
            else len(list_filter(
                known.closings, lambda e: entered_local >= e.begins_at and entered_local < e.ends_at
            )) = 0
        end as is_in_service_hours,
        -- of several incidents at once the one that began first
        case
            when known.incidents is not null
                then list_filter(
                    known.incidents,
                    lambda e: entered_local >= e.begins_at and entered_local < e.ends_at
                )[1].event_id
        end as incident_id
    from timed
)

select
    contact_id,
    source,
    channel,
    queue,
    entered_at,
    known.local_date as local_date,
    known.month as month,
    answered_at,
    ended_at,
    -- an agent who answered was there; the menu and the bot have no hours
    case
        when is_in_service_hours or outcome in ('answered', 'not_queued') then outcome
        else 'after_hours'
    end as outcome,
    wait_seconds,
    talk_seconds,
    hold_seconds,
    acw_seconds,
    agent_key,
    contacts,
    outcome as exported_outcome,
    is_in_service_hours,
    incident_id,
    wait_within_seconds,
    wait_over_seconds,
    accepted_at,
    file_id,
    file_row
from placed
