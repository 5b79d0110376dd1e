-- title: Files that speak of a month without a row in it prove that nothing happened
select distinct
    month_cells.year,
    month_cells.period,
    month_cells.figure,
    'file:' || spoken.path as part,
    'file' as kind,
    spoken.kind || ' export of the month with ' || spoken.rows || ' rows, sha256 '
    || left(spoken.sha256, 12) as text,
    spoken.file_id,
    cast(0 as bigint) as rows
from month_cells
join ref.requirements as required
    on required.metric_id = month_cells.metric_id
    and (
        required.channel is null or month_cells.channel is null
        or required.channel = month_cells.channel
    )
    and (
        required.service is null or month_cells.service is null
        or required.service = month_cells.service
    )
join (
    select files.*, unnest(files.covers) as days
    from ops.files as files
    where files.status in ('loaded', 'duplicate_file')
) as spoken
    on spoken.kind = required.kind
    and cast(split_part(spoken.days, '..', 1) as date) <= last_day(month_cells.month)
    and cast(split_part(spoken.days, '..', -1) as date) >= month_cells.month
where not exists (
    select 1 from records
    where records.period = month_cells.period and records.figure = month_cells.figure
)
