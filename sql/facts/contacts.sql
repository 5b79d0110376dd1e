-- title: Contacts: calls and live chats
-- grain: one row per contact, one customer's one stay in one queue
-- reads: raw.calls, raw.chats, ref.service_hours, ref.events, ref.event_kinds
-- key: source, contact_id
-- order: entered_at, source, contact_id
-- day: local_date
-- instant: entered_at
with calls as (select 'phone' as channel, * from raw.calls),

chats as (select 'chat' as channel, * from raw.chats),

contacts as (select * from calls union all by name select * from chats),

arrived as (
    select
        * exclude (queue),
        -- a contact whose export names no queue still belongs to exactly one
        coalesce(queue, 'main') as queue,
        cast(entered_at as timestamp) as entered_local,
        cast(entered_local as date) as local_date
    from contacts
),

-- hours and events are looked up once a day and queue, however many came
days as (select distinct channel, queue, local_date from arrived),

-- the hours that hold that day: the queue's own before `*`, the most particular day first
hours as (
    select days.*, hours.opens, hours.closes
    from days
    join ref.service_hours as hours
        on hours.channel = days.channel
        and hours.queue in (days.queue, '*')
        and days.local_date between hours.valid_from
            and coalesce(hours.valid_to, date '9999-12-31')
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

known_days as (
    select days.*, open_days.windows, eventful_days.closings, eventful_days.incidents
    from days
    left join open_days using (channel, queue, local_date)
    left join eventful_days using (channel, queue, local_date)
),

-- a subquery and no join: of a join the engine may hold every contact in memory, not every day
looked_up as (
    select
        arrived.*,
        (
            select known_days
            from known_days
            where known_days.channel = arrived.channel
                and known_days.queue = arrived.queue
                and known_days.local_date = arrived.local_date
        ) as day
    from arrived
),

placed as (
    select
        *,
        coalesce(len(list_filter(
            day.windows, lambda w: entered_local >= w.begins_at and entered_local < w.ends_at
        )) > 0, true)
        and coalesce(len(list_filter(
            day.closings, lambda e: entered_local >= e.begins_at and entered_local < e.ends_at
        )) = 0, true) as is_in_service_hours,
        -- of several incidents at once the one that began first
        list_filter(
            day.incidents, lambda e: entered_local >= e.begins_at and entered_local < e.ends_at
        )[1].event_id as incident_id
    from looked_up
)

select
    contact_id,
    source,
    channel,
    queue,
    entered_at,
    local_date,
    cast(date_trunc('month', local_date) as date) as month,
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
    file_id,
    file_row
from placed
