-- title: An input of a quarter that was opened, in a period that was not closed itself
select distinct
    held.period, held.basis, held.figure, 2 as precedence, moved_by_states.cause
from register_pairs as held
join moved_by_states on moved_by_states.precedence = 2
where held.kind = 'input' and not held.is_row_changed
