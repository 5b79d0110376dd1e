-- title: The periods of the calendar
-- grain: one row per year and period
select distinct year, period, period_end, period_state from ref.calendar
