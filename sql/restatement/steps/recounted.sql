-- title: Files that are what they were, of which more or fewer rows count: others replaced or moved them
-- grain: one row per figure (its period and basis) and file
select
    period, basis, figure, file_id, source,
    'file ' || coalesce(path, name) || ' counts ' || coalesce(new_rows, 0) || ' rows, before '
    || coalesce(old_rows, 0) as cause
from file_pairs
where fate = 'kept' and coalesce(old_rows, 0) <> coalesce(new_rows, 0) and not is_let_in
