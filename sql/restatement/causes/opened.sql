-- title: An input of a quarter that was opened, in a period that was not closed itself
-- a closing holds the months of its period, whether that is the quarter or a longer one
with opened_months as (
    select try_cast(period || '-01' as date) as month, cause from moved_by_states where is_reopening
)

select
    held.period, held.basis, held.figure, 1 as precedence, opened_months.cause
from register_pairs as held
join opened_months
    on left(held.period, 4) || held.part_period = year(month) || 'Q' || quarter(month)
where held.kind = 'input' and not held.is_row_changed
