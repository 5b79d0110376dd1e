-- title: Contacts by month and bucket: each accepted contact is counted in exactly one, and the share of the offered that was answered. Also of closed periods with all that is known now
-- grain: one row per month, channel and queue
select
    month,
    channel,
    queue,
    cast(sum(contacts) as bigint) as contacts,
    cast(coalesce(sum(contacts) filter (outcome = 'answered'), 0) as bigint) as answered,
    cast(coalesce(sum(contacts) filter (outcome = 'abandoned'), 0) as bigint) as abandoned,
    cast(coalesce(sum(contacts) filter (outcome = 'flow_out'), 0) as bigint) as flow_out,
    cast(coalesce(sum(contacts) filter (outcome = 'callback'), 0) as bigint) as callback,
    cast(coalesce(sum(contacts) filter (outcome = 'voicemail'), 0) as bigint) as voicemail,
    cast(coalesce(sum(contacts) filter (outcome = 'after_hours'), 0) as bigint) as after_hours,
    cast(coalesce(sum(contacts) filter (outcome = 'not_queued'), 0) as bigint) as not_queued,
    answered + abandoned as offered,
    answered / nullif(offered, 0) as answer_rate
from fact.contacts
group by month, channel, queue
order by month, channel, queue
