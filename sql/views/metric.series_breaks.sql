-- title: Months that do not compare with the ones before, because of an event that breaks the series
-- grain: one row per event and month in which it begins
select
    cast(date_trunc('month', events.begins_at) as date) as month,
    events.channel,
    events.queue,
    events.kind,
    events.event_id,
    events.title,
    events.note
from ref.events as events
join ref.event_kinds as kinds on kinds.kind = events.kind
where kinds.breaks_series
order by month, event_id
