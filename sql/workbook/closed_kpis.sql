-- title: How the KPIs of closed periods were scored, in the words of the register
-- grain: one row per KPI and period
select period, split_part(part, ':', 2) as kpi_id, text
from kpi.explain
where year = $year and basis = 'computed' and kind = 'rule' and part like 'kpis:%'
    and period in (select period from kpi.explain where year = $year and kind = 'closing')
