-- title: What the figures of closed periods rest on, as their revisions keep it
-- grain: one row per figure and thing it rests on
select *
from kpi.explain
where year = $year and basis = 'computed'
    and period in (select period from kpi.explain where year = $year and kind = 'closing')
    and (
        kind in ('composite', 'metric', 'month', 'target', 'definition')
        or (kind = 'rule' and list_contains($tables, split_part(part, ':', 1)))
    )
order by period, figure, kind, part_period, part
