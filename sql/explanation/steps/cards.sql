-- title: The scorecard's figures, named as the explanation names them
-- grain: one row per figure, period and basis
select cards.*, periods.period_end, level || ':' || id as figure
from kpi.scorecard as cards
join periods using (year, period)
