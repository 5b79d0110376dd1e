-- title: A figure that is gone rests on nothing: what names it in the register tells, or is gone itself
select
    changed.period, changed.basis, changed.figure, 1 as precedence,
    concat_ws(' ', found.table_name, found.row_key, found.change)
    || coalesce(': was ' || nullif(found.was, ''), '')
    || coalesce('; is ' || nullif(found.now, ''), '') as cause
from changed
join register_found as found
    on list_contains(string_split(found.row_key, ' '), changed.id)
where changed.is_gone
