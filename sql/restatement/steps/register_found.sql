-- title: Rows of the register that were added, removed or changed, in words
-- grain: one row per register row and first day of validity
-- reads: the register of both versions
with held as (
    select
        version,
        table_name,
        row_key,
        valid_from,
        list_concat(
            items,
            list_filter(
                [
                    'valid_to ' || cast(valid_to as text),
                    'authority ' || authority,
                    case when is_assumption then 'an assumption' end
                ],
                lambda item: item is not null
            )
        ) as items
    from both_register
),

pairs as (
    select
        coalesce(before.table_name, after.table_name) as table_name,
        coalesce(before.row_key, after.row_key) as row_key,
        coalesce(before.valid_from, after.valid_from) as valid_from,
        before.items as old_items,
        after.items as new_items
    from (select * from held where version = 'before') as before
    full join (select * from held where version = 'after') as after
        on after.table_name = before.table_name
        and after.row_key = before.row_key
        and after.valid_from is not distinct from before.valid_from
)

select
    table_name,
    row_key,
    valid_from,
    case
        when old_items is null then 'added'
        when new_items is null then 'removed'
        else 'changed'
    end as change,
    array_to_string(
        list_filter(old_items, lambda item: not coalesce(list_contains(new_items, item), false)),
        ', '
    ) as was,
    array_to_string(
        list_filter(new_items, lambda item: not coalesce(list_contains(old_items, item), false)),
        ', '
    ) as now
from pairs
where old_items is distinct from new_items
