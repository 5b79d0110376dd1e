-- title: Differences that come of the register, and whether its row is another itself
-- grain: one row per figure (its period and basis) and row of the register
select
    *,
    exists (
        select 1 from rows_changed
        where table_name = place and (row_key = name or starts_with(row_key, name || ' '))
    ) as is_row_changed
from pairs
where kind in ('rule', 'target', 'reported', 'input')
