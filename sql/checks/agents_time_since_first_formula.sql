-- title: Agents' time is of days since the first formula
-- reads: fact.agent_activity, ref.occupancy_formula, ref.requirements
-- severity: warn
-- reason: time of before is in no house occupancy: a month of such days alone passes for one with
--    nothing to count, and the month in which the first formula begins counts the others. If they
--    should count, let a formula begin earlier. Of channels that the register asks the house
--    occupancy for.
with asked as (select channel from ref.requirements where metric_id = 'occupancy')

select
    activity.channel,
    activity.day,
    count(*) as rows
from fact.agent_activity as activity
semi join asked on asked.channel = activity.channel
where activity.day < (select min(valid_from) from ref.occupancy_formula)
group by activity.channel, activity.day
