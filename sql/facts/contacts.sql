-- title: Contacts: calls and live chats
-- grain: one row per contact, one customer's one stay in one queue
-- reads: raw.calls, raw.chats
-- key: source, contact_id
-- order: entered_at, source, contact_id
-- day: local_date
-- instant: entered_at
with calls as (select 'phone' as channel, * from raw.calls),

chats as (select 'chat' as channel, * from raw.chats),

contacts as (select * from calls union all by name select * from chats)

select
    contact_id,
    source,
    channel,
    -- a contact whose export names no queue still belongs to exactly one
    coalesce(queue, 'main') as queue,
    entered_at,
    cast(entered_at as date) as local_date,
    cast(date_trunc('month', cast(entered_at as date)) as date) as month,
    answered_at,
    ended_at,
    outcome,
    wait_seconds,
    talk_seconds,
    hold_seconds,
    acw_seconds,
    agent_key,
    contacts,
    file_id,
    file_row
from contacts
