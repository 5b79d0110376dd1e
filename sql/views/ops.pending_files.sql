-- title: Export files that closed months would count otherwise, or for the first time, if opened
-- grain: one row per month, file and fact
-- of a content under several names the one that is loaded tells
with files as (
    select file_id, source, arg_min(path, (status <> 'loaded', path)) as path from ops.files
    group by file_id, source
),

-- a source that was renamed since (`was:`): its records are those of the name it has by now; other
-- sources may read others from the same file
renamed as (
    select held.file_id, held.source as was, min(now.source) as source
    from fact.evidence as held
    join fact.evidence_as_now as now using (file_id, table_name)
    where not exists (
        select 1 from files where files.file_id = held.file_id and files.source = held.source
    )
    group by held.file_id, held.source
    having count(distinct now.source) = 1
),

published as (
    select
        held.month,
        held.table_name,
        coalesce(renamed.source, held.source) as source,
        held.file_id,
        sum(held.rows) as rows
    from fact.evidence as held
    left join renamed on renamed.file_id = held.file_id and renamed.was = held.source
    group by all
),

as_now as (
    select month, table_name, source, file_id, sum(rows) as rows
    from fact.evidence_as_now
    group by month, table_name, source, file_id
),

held as (
    select
        coalesce(as_now.month, published.month) as month,
        coalesce(as_now.table_name, published.table_name) as table_name,
        coalesce(as_now.source, published.source) as source,
        coalesce(as_now.file_id, published.file_id) as file_id,
        published.rows as rows_as_published,
        as_now.rows as rows_as_now
    from as_now
    full join published
        on published.month = as_now.month
        and published.table_name = as_now.table_name
        and published.source = as_now.source
        and published.file_id = as_now.file_id
)

select
    held.month,
    -- of what a source counted that is no more, by any name of the content
    coalesce(files.path, contents.path) as path,
    held.table_name,
    held.file_id,
    cast(held.rows_as_published as bigint) as rows_as_published,
    cast(held.rows_as_now as bigint) as rows_as_now
from held
left join files using (file_id, source)
left join (select file_id, min(path) as path from files group by file_id) as contents
    on contents.file_id = held.file_id
where held.rows_as_published is distinct from held.rows_as_now
order by held.month, path, held.table_name
