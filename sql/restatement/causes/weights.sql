-- title: A weight is another
select
    period, basis, figure, 1 as precedence,
    'weight of ' || part || ' was ' || coalesce(format('{:.6g}', old_weight), 'none')
    || ', is ' || coalesce(format('{:.6g}', new_weight), 'none') as cause
from pairs
where old_weight <> new_weight
or (
    (old_weight is null) <> (new_weight is null)
    and exists (
        select 1 from rows_changed
        where table_name = 'weights'
        and row_key = split_part(figure, ':', 2) || ' ' || name
        or table_name = 'composite_parts'
        and split_part(row_key, ' ', 1) = split_part(figure, ':', 2)
    )
)
