-- title: Scorecard with everything known now, closed periods included
-- grain: one row per year, period, node of the tree and basis
select * from kpi.scorecard
