-- title: Differences that come of files, and what became of these
-- grain: one row per figure (its period and basis) and file
select
    pairs.*,
    fates.path,
    fates.source,
    fates.names,
    fates.status,
    fates.corrections,
    coalesce(fates.fate, 'kept') as fate,
    -- a file without rows proves by its name that a month had none, whichever content it repeats
    pairs.is_new and pairs.new_rows = 0 and not exists (
        select 1 from both_files as known
        where known.version = 'before' and known.path = pairs.called
    ) as is_proof,
    -- rows that another file moved here from another month were there, and not held out
    pairs.is_new
    and (period, basis, figure) in (from opened)
    and not exists (
        select 1 from pairs as elsewhere
        where elsewhere.part = pairs.part
            and elsewhere.figure = pairs.figure
            and coalesce(elsewhere.new_rows, 0) < elsewhere.old_rows
    ) as is_let_in,
    -- nor a file withdrawn or refused while the period was closed; what lies there now tells
    pairs.is_gone
    and fates.status in ('withdrawn', 'refused')
    and (period, basis, figure) in (from opened)
    and not exists (
        select 1 from both_files as other
        where other.version = 'after' and other.path = fates.path and other.status = 'loaded'
    ) as is_taken_back
from pairs
left join fates using (file_id)
where kind = 'file'
