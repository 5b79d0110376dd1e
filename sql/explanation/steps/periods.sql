-- title: The periods of the calendar
-- grain: one row per year and period
select year, period, period_end, period_state, min(month) as first_month
from ref.calendar
group by all
