-- title: Differences that come of files, and what became of these
-- grain: one row per figure (its period and basis) and file
select
    pairs.*,
    fates.path,
    fates.source,
    fates.corrections,
    coalesce(fates.fate, 'kept') as fate,
    (period, basis, figure) in (from opened) as is_opened
from pairs
left join fates using (file_id)
where kind = 'file'
