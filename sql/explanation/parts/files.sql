-- title: A metric's month rests on the records of files
with files as (
    select
        file_id, source, min(path) as path, any_value(sha256) as sha256,
        any_value(reading order by reading) as reading
    from ops.files
    where status = 'loaded'
    group by file_id, source
)

select
    records.year,
    records.period,
    records.figure,
    'file:' || coalesce(files.path, records.file_id) as part,
    'file' as kind,
    records.rows || ' rows of ' || records.table_name || ', records '
    || records.first_row || ' to ' || records.last_row || ', sha256 '
    || coalesce(left(files.sha256, 12), records.file_id)
    || coalesce(', read by ' || records.source || ' ' || files.reading, '') as text,
    records.file_id,
    records.rows,
    records.first_row,
    records.last_row
from records
left join files using (file_id, source)
