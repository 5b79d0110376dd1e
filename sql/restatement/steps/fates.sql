-- title: What became of each file itself, whatever figure it counts in
-- grain: one row per file and source
-- of a content under several names the one that is loaded tells: a copy of it is no fate of its own
with files as (
    select
        version,
        file_id,
        source,
        arg_min(path, (status <> 'loaded', path)) as path,
        arg_min(status, (status <> 'loaded', path)) as status,
        max(corrections) as corrections,
        any_value(reading order by reading) as reading
    from both_files
    group by version, file_id, source
),

held_before as (
    select file_id from files where version = 'before' and status = 'loaded'
),

held_after as (
    select file_id from files where version = 'after' and status = 'loaded'
),

sources_before as (
    select source from files where version = 'before' and source is not null
),

sources_after as (
    select source from files where version = 'after' and source is not null
),

-- a source that has another name (`was:`) holds its files as it read them
renamed as (
    select before.file_id, [before.source, after.source] as names
    from files as before
    join files as after
        on after.file_id = before.file_id
        and after.path = before.path
        and after.reading = before.reading
        and after.status = before.status
    where before.version = 'before'
        and after.version = 'after'
        and before.source not in (from sources_after)
        and after.source not in (from sources_before)
)

select
    file_id,
    source,
    renamed.names as names,
    coalesce(after.path, before.path) as path,
    after.status as status,
    greatest(coalesce(before.corrections, 0), coalesce(after.corrections, 0)) as corrections,
    case
        when renamed.names is not null then 'renamed'
        when before.status is distinct from 'loaded' and after.status = 'loaded'
            then if(file_id in (from held_before), 'read anew', 'arrived')
        when after.status = 'withdrawn' and before.status = 'loaded' then 'withdrawn'
        -- other settings read all files anew, and are told themselves
        when exists (from settings) then 'kept'
        when before.status = 'loaded' and after.status is distinct from 'loaded'
            then if(
                file_id in (from held_after), 'read anew',
                if(after.status = 'refused', 'refused', 'gone')
            )
        when before.reading is distinct from after.reading then 'read anew'
        else 'kept'
    end as fate
from (select * from files where version = 'before') as before
full join (select * from files where version = 'after') as after using (file_id, source)
left join renamed using (file_id)
