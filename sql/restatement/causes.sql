-- title: What figures directly rest on that is another in the version after, in words
-- grain: one row per figure (its period and basis) and cause
-- reads: both versions, register_found, changed
with files as (
    select
        version,
        file_id,
        source,
        min(path) as path,
        min(status) as status,
        max(corrections) as corrections,
        any_value(reading order by reading) as reading
    from both_files
    where file_id is not null
    group by version, file_id, source
),

settings as (
    select before.name, before.value as old_value, after.value as new_value
    from both_settings as before
    join both_settings as after
        on after.version = 'after' and after.name = before.name and after.value <> before.value
    where before.version = 'before' and before.name <> 'kring'
),

held_before as (
    select distinct file_id from files where version = 'before' and status = 'loaded'
),

held_after as (
    select distinct file_id from files where version = 'after' and status = 'loaded'
),

-- what became of each file itself, whatever figure it counts in
fates as (
    select
        file_id,
        source,
        coalesce(after.path, before.path) as path,
        greatest(coalesce(before.corrections, 0), coalesce(after.corrections, 0)) as corrections,
        case
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
),

definitions as (
    select
        'definition:' || metric_id as part,
        case
            when before.metric_id is null then ' was added'
            when after.metric_id is null then ' was removed'
            else ' changed'
        end as fate
    from (select * from both_definitions where version = 'before') as before
    full join (select * from both_definitions where version = 'after') as after using (metric_id)
    where before.fingerprint is distinct from after.fingerprint
),

-- a file is the same under another name, so it is told by its content
steps as (
    select
        version,
        case when length(period) = 7 then '' else year || '-' end || period as period,
        basis,
        figure,
        kind,
        part_period,
        if(kind = 'file', coalesce(file_id, part), part) as part,
        min(file_id) as file_id,
        min(weight) as weight,
        string_agg(text, ' and ' order by text) as text,
        any_value(status order by status) as status,
        sum(rows) as rows,
        min(
            coalesce(
                format('{:g}', cast(numerator as double)) || ' / '
                || format('{:g}', cast(denominator as double)),
                format('{:g}', value)
            )
        ) filter (kind = 'input') as input
    from both_explain
    group by all
),

pairs as (
    select
        coalesce(before.period, after.period) as period,
        coalesce(before.basis, after.basis) as basis,
        coalesce(before.figure, after.figure) as figure,
        coalesce(before.kind, after.kind) as kind,
        coalesce(before.part, after.part) as part,
        coalesce(before.part_period, after.part_period) as part_period,
        split_part(coalesce(before.part, after.part), ':', 1) as place,
        regexp_replace(coalesce(before.part, after.part), '^[^:]*:', '') as name,
        coalesce(after.file_id, before.file_id) as file_id,
        coalesce(before.input, before.text) as old_text,
        coalesce(after.input, after.text) as new_text,
        before.weight as old_weight,
        after.weight as new_weight,
        before.status as old_status,
        after.status as new_status,
        before.rows as old_rows,
        after.rows as new_rows,
        before.version is null as is_new,
        after.version is null as is_gone
    from (select * from steps where version = 'before') as before
    full join (select * from steps where version = 'after') as after
        on after.period = before.period
        and after.basis = before.basis
        and after.figure = before.figure
        and after.kind = before.kind
        and after.part = before.part
        and after.part_period is not distinct from before.part_period
    where
        before.version is null
        or after.version is null
        or before.weight is distinct from after.weight
        or before.text is distinct from after.text
        or before.input is distinct from after.input
),

-- a period that was opened takes in what was held out of it, whenever that came
opened as (
    select distinct period, basis, figure from pairs where kind = 'closing' and not is_new
),

-- a row of the register counts as a cause where it is another itself
rows_changed as (
    select distinct table_name, row_key from register_found
),

register_pairs as (
    select
        *,
        exists (
            select 1 from rows_changed
            where table_name = place and (row_key = name or starts_with(row_key, name || ' '))
        ) as is_row_changed
    from pairs
    where kind in ('rule', 'target', 'reported', 'input')
),

-- an earlier day: the period has not begun, and what stood in it is gone with it
gone as (
    select distinct period, basis, figure from changed where is_gone
),

of_register as (
    select
        period, basis, figure,
        -- a row that is what it was tells only where nothing else does
        if(
            is_row_changed or kind = 'input' or (period, basis, figure) in (from opened), 2, 5
        ) as precedence,
        place || ' ' || name || case
            -- an input of a quarter that has begun was in the register before
            when not is_row_changed and is_new then ' counts from now on (' || new_text || ')'
            when not is_row_changed and is_gone then ' counts no longer (' || old_text || ')'
            when is_new then ': added (' || new_text || ')'
            when is_gone then ': no longer holds (' || old_text || ')'
            else ': was ' || coalesce(nullif(array_to_string(list_filter(
                string_split(old_text, ', '),
                lambda item: not list_contains(string_split(new_text, ', '), item)
            ), ', '), ''), 'nothing') || '; is ' || coalesce(nullif(array_to_string(list_filter(
                string_split(new_text, ', '),
                lambda item: not list_contains(string_split(old_text, ', '), item)
            ), ', '), ''), 'nothing')
        end as cause
    from register_pairs
    where
        is_row_changed
        -- of an input whose weight alone is another `of_weights` tells
        or (kind = 'input' and old_text is distinct from new_text)
        or (period, basis, figure) in (from opened)
        or (is_gone and (period, basis, figure) in (from gone))
),

of_weights as (
    select
        period, basis, figure, 2 as precedence,
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
),

of_definitions as (
    select period, basis, figure, 2 as precedence, 'the definition of ' || name || fate as cause
    from pairs
    join definitions using (part)
    where kind = 'definition'
    union all
    -- kept apart while closed, and another since
    select period, basis, figure, 2, 'the definition of ' || name || ' changed'
    from pairs
    where kind = 'definition' and not is_new and not is_gone
    and (period, basis, figure) in (from opened)
    and part not in (select part from definitions)
),

file_pairs as (
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
),

of_files as (
    select
        period, basis, figure, file_id, source, 1 as precedence,
        case fate
            when 'arrived' then 'file ' || path || ' arrived'
                || if(corrections > 0, ' and corrected ' || corrections || ' rows', '')
            when 'withdrawn' then 'file ' || path || ' was withdrawn'
            when 'refused' then 'file ' || path || ' was refused'
            when 'gone' then 'file ' || path || ' no longer counts'
            when 'read anew' then 'files of source ' || source || ' were read by another rule'
            else 'file ' || path || ' was held out until now'
                || if(corrections > 0, ' and corrects ' || corrections || ' rows', '')
        end as cause
    from file_pairs
    where fate <> 'kept' or (is_opened and is_new)
),

-- fewer or more rows of a file that is what it was: others replaced them, or moved them
recounted as (
    select
        period, basis, figure, file_id, source,
        'file ' || coalesce(path, name) || ' counts ' || coalesce(new_rows, 0) || ' rows, before '
        || coalesce(old_rows, 0) as cause
    from file_pairs
    where fate = 'kept' and old_rows is distinct from new_rows and not (is_opened and is_new)
),

correcting as (
    from fates where corrections > 0 and fate in ('arrived', 'withdrawn', 'read anew')
),

-- which of them has rows in the place of a file's
known as (
    select distinct both_corrections.source, both_corrections.file_id, corrected_by
    from both_corrections
    join correcting
        on correcting.source = both_corrections.source
        and correcting.file_id = both_corrections.corrected_by
),

-- by whom: files of its source that correct its rows, or what moved its rows in other months
recounted_by as (
    select
        recounted.period, recounted.basis, recounted.figure, 1 as precedence,
        case fates.fate
            when 'arrived' then 'file ' || fates.path || ' arrived'
            when 'withdrawn' then 'file ' || fates.path || ' was withdrawn'
            else 'files of source ' || fates.source || ' were read by another rule'
        end || if(fates.fate = 'arrived', ' and corrected ' || fates.corrections || ' rows', '')
            as cause
    from recounted
    join correcting as fates on fates.source = recounted.source
    where (recounted.source, recounted.file_id, fates.file_id) in (from known)
    -- rows that moved for another reason, or a version that does not say whose they were
    or not exists (
        select 1 from known
        where known.source = recounted.source and known.file_id = recounted.file_id
    )
    union all
    select recounted.period, recounted.basis, recounted.figure, 1, of_files.cause
    from recounted
    join recounted as elsewhere
        on elsewhere.file_id = recounted.file_id
        and elsewhere.figure = recounted.figure
        and elsewhere.period <> recounted.period
    join of_files
        on of_files.period = elsewhere.period
        and of_files.basis = elsewhere.basis
        and of_files.figure = elsewhere.figure
),

of_states as (
    select
        period, basis, figure,
        case kind when 'check' then 3 when 'closing' then 2 else 4 end as precedence,
        case kind
            when 'closing'
                then name || ' was reopened' || if(is_gone, '', ' and closed anew')
            when 'check' then 'check ' || name || case
                when is_new then ' failed'
                when is_gone then ' passed'
                else ' found other rows'
            end
            when 'state' then if(
                old_status is not distinct from new_status,
                new_text,
                'state ' || old_status || ', now ' || new_status
            )
        end as cause
    from pairs
    -- closing itself moves no number
    where kind = 'check'
    or (kind = 'closing' and not is_new)
    or (kind = 'state' and not (is_new or is_gone))
),

-- an input of a quarter that was opened, in a period that was not closed itself
of_opened as (
    select distinct
        held.period, held.basis, held.figure, 2 as precedence, of_states.cause
    from register_pairs as held
    join of_states on of_states.precedence = 2
    where held.kind = 'input' and not held.is_row_changed
),

-- a figure that is gone rests on nothing; what names it in the register, or is gone itself, tells
of_gone as (
    select distinct
        changed.period, changed.basis, changed.figure, 2 as precedence,
        concat_ws(' ', found.table_name, found.row_key, found.change)
        || coalesce(': was ' || nullif(found.was, ''), '')
        || coalesce('; is ' || nullif(found.now, ''), '') as cause
    from changed
    join register_found as found
        on list_contains(string_split(found.row_key, ' '), changed.id)
    where changed.is_gone
),

of_settings as (
    select
        changed.period, changed.basis, changed.figure, 2 as precedence,
        'kring.toml: ' || name || ' is ' || settings.new_value || ', before '
        || settings.old_value as cause
    from changed
    cross join settings
    where changed.is_gone
),

others as (
    select
        period, basis, figure, 5 as precedence,
        -- of a period's parts: which month or quarter it is
        if(is_new, 'now rests on ', 'no longer rests on ') || part
        || if(kind in ('month', 'quarter'), ' of ' || part_period, '') as cause
    from pairs
    where (is_new or is_gone)
    and kind not in (
        'rule', 'target', 'reported', 'input', 'definition', 'state', 'check', 'file', 'closing'
    )
)

select distinct period, basis, figure, precedence, cause
from (
    from of_register
    union all
    from of_weights
    union all
    from of_definitions
    union all
    select period, basis, figure, precedence, cause from of_files
    union all
    select period, basis, figure, 5 as precedence, cause from recounted
    union all
    from recounted_by
    union all
    from of_states
    union all
    from of_opened
    union all
    from of_gone
    union all
    from of_settings
    union all
    from others
)
where cause is not null
