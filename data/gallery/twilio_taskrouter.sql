-- title:       Twilio TaskRouter events, the calls
-- kind:        calls
-- files:       twilio/*.json
-- format:      json
-- options:     records='events'
-- times:       epoch_ms
-- covers:      dates
-- expects:     none
-- tolerance:   1%
-- Pages of the REST resource Events as they come. A contact is a task's stay in a task queue: from
-- task-queue.entered to the event that ends it. A reservation that was rejected or timed out ends
-- none. A task that overflows into a second queue is two contacts.
-- A task is canceled when the caller hangs up. What still waits when the export ends is rejected
-- as `unfinished`: let exports overlap by an hour, or cut them at night; a stay that stands whole in
-- a later file counts from there. A half of one, without its task-queue.entered, is left out.
-- Chats are tasks of another channel: copy this file with kind chats and that channel's name.
with
events as (
    select
        _row,
        event_type as event,
        cast(number_of(event_date_ms) as bigint) as ms,
        json_text(event_data, '$.task_sid') as task,
        json_text(event_data, '$.task_queue_name') as queue,
        json_text(event_data, '$.worker_sid') as worker
    from export
    where coalesce(json_text(event_data, '$.task_channel_unique_name'), 'voice') = 'voice'
        and json_text(event_data, '$.task_sid') is not null
),

stays as (
    select
        *,
        sum(case when event = 'task-queue.entered' then 1 else 0 end)
            over (partition by task order by ms, step, _row) as stay
    from (
        select
            *,
            -- of one millisecond: out of a queue, into the next, then what happens there
            case
                when event in ('task-queue.moved', 'task-queue.timeout') then 1
                when event = 'task-queue.entered' then 2
                else 3
            end as step
        from events
    )
),

contacts as (
    select
        task,
        stay,
        min(_row) as _row,
        count(*) as _rows,
        min(queue) filter (where event = 'task-queue.entered') as queue,
        min(ms) filter (where event = 'task-queue.entered') as entered,
        min(ms) filter (where event = 'reservation.accepted') as accepted,
        arg_min(worker, ms) filter (where event = 'reservation.accepted') as worker,
        min(ms) filter (where event = 'task.canceled') as canceled,
        min(ms) filter (where event in ('task-queue.moved', 'task-queue.timeout')) as moved,
        max(ms) filter (where event = 'task.wrapup') as hung_up,
        max(ms) filter (where event = 'task.completed') as completed
    from stays
    where stay > 0
    group by task, stay
)

select
    _row,
    _rows,
    task || '-' || entered as contact_id,
    queue,
    entered as entered_at,
    accepted as answered_at,
    coalesce(completed, canceled, moved) as ended_at,
    case
        when accepted is not null then 'answered'
        when canceled is not null then 'abandoned'
        when moved is not null then 'flow_out'
    end as outcome,
    (coalesce(accepted, canceled, moved) - entered) * 0.001 as wait_seconds,
    case when accepted is not null then (coalesce(hung_up, completed) - accepted) * 0.001 end
        as talk_seconds,
    (completed - hung_up) * 0.001 as acw_seconds,
    case when accepted is not null then worker end as agent,
    case when coalesce(accepted, canceled, moved) is null then 'unfinished' end as _reject
from contacts
order by _row
