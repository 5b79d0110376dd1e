-- title: Agents' time falls under a formula of its day
-- reads: fact.agent_activity, ref.occupancy_formula, ref.requirements
-- severity: block
-- reason: agents' time without a formula would silently leave the house occupancy, and its month
--    pass for one with nothing to count. From the day on which the first formula begins, of
--    channels that the register asks the house occupancy for.
with asked as (select channel from ref.requirements where metric_id = 'occupancy')

select
    activity.channel,
    activity.day,
    count(*) as rows
from fact.agent_activity as activity
semi join asked on asked.channel = activity.channel
left join ref.occupancy_formula as formula
    on is_in_force(activity.day, formula.valid_from, formula.valid_to)
where
    formula.formula_id is null
    and activity.day >= (select min(valid_from) from ref.occupancy_formula)
group by activity.channel, activity.day
