-- title: A file's rows were replaced: by those that correct them, or what moved its rows in other months
with correcting as (
    from fates where corrections > 0 and fate in ('arrived', 'withdrawn', 'read anew')
),

-- which of them has rows in the place of a file's
known as (
    select both_corrections.source, both_corrections.file_id, corrected_by
    from both_corrections
    join correcting
        on correcting.source = both_corrections.source
        and correcting.file_id = both_corrections.corrected_by
),

-- figures in which as many rows came as went: they were replaced there, and by no file elsewhere
replaced as (
    select pairs.period, pairs.basis, pairs.figure, pairs.source
    from file_pairs as pairs
    left join correcting using (source, file_id)
    where correcting.file_id is not null or (pairs.fate = 'kept' and not pairs.is_let_in)
    group by all
    having count(correcting.file_id) > 0
        and sum(coalesce(pairs.new_rows, 0) - coalesce(pairs.old_rows, 0)) = 0
)

select
    recounted.period, recounted.basis, recounted.figure, 1 as precedence,
    case fates.fate
        when 'arrived' then 'file ' || fates.path || ' arrived'
        when 'withdrawn' then 'file ' || fates.path || ' was withdrawn'
        else 'files of source ' || fates.source || ' were read by another rule'
    end || if(fates.fate = 'arrived', ' and corrected ' || fates.corrections || ' rows', '')
        as cause
from recounted
anti join replaced using (period, basis, figure, source)
join correcting as fates on fates.source = recounted.source
where (recounted.source, recounted.file_id, fates.file_id) in (from known)
-- rows that moved for another reason, or a version that does not say whose they were
or not exists (
    select 1 from known
    where known.source = recounted.source and known.file_id = recounted.file_id
)
union all
select recounted.period, recounted.basis, recounted.figure, 1, moved_by_files.cause
from recounted
anti join replaced using (period, basis, figure, source)
join recounted as elsewhere
    on elsewhere.file_id = recounted.file_id
    and elsewhere.figure = recounted.figure
join moved_by_files
    on moved_by_files.period = elsewhere.period
    and moved_by_files.figure = elsewhere.figure
