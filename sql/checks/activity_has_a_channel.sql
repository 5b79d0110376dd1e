-- title: Agents' time names the channel it was spent on
-- reads: fact.agent_activity
-- severity: block
-- reason: a blended agent's time cannot be assumed to be telephone time
select agent_key, day, file_id, file_row from fact.agent_activity where channel is null
