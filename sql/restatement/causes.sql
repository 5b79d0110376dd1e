-- title: What figures directly rest on that is another in the version after, in words
-- grain: one row per figure (its period and basis) and cause
-- reads: both versions
with files as (
    select
        version,
        path,
        file_id,
        any_value(status order by status) as status,
        max(corrections) as corrections
    from both_files
    group by version, path, file_id
),

steps as (
    select
        version,
        case when length(period) = 7 then '' else year || '-' end || period as period,
        basis,
        figure,
        kind,
        part_period,
        part,
        any_value(weight) as weight,
        any_value(file_id) as file_id,
        string_agg(text, ' and ' order by text) as text,
        any_value(status order by status) as status,
        sum(rows) as rows
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
        split_part(coalesce(before.part, after.part), ':', 1) as place,
        regexp_replace(coalesce(before.part, after.part), '^[^:]*:', '') as name,
        before.text as old_text,
        after.text as new_text,
        before.weight as old_weight,
        after.weight as new_weight,
        before.status as old_status,
        after.status as new_status,
        before.rows as old_rows,
        after.rows as new_rows,
        coalesce(after.file_id, before.file_id) as file_id,
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
),

changed as (
    select
        pairs.*,
        fate.status as file_status,
        fate.corrections as corrections,
        -- a step to another figure counts when it is new, gone or weighs otherwise
        kind in (
            'rule', 'target', 'reported', 'input', 'definition', 'state', 'check', 'file',
            'closing'
        )
            as is_leaf
    from pairs
    left join files as fate
        on fate.version = 'after' and fate.file_id = pairs.file_id
        and 'file:' || fate.path = pairs.part
)

select distinct
    period,
    basis,
    figure,
    case kind
        when 'file' then if(is_new or is_gone, 1, 5)
        when 'check' then 3
        when 'state' then 4
        else 2
    end as precedence,
    case
        when kind = 'file' and is_new then
            'file ' || name || ' arrived'
            || if(corrections > 0, ' and corrected ' || corrections || ' rows', '')
        when kind = 'file' and is_gone then
            'file ' || name || if(file_status = 'withdrawn', ' was withdrawn', ' no longer counts')
        when kind = 'file' and old_rows is distinct from new_rows then
            'file ' || name || ' counts ' || new_rows || ' rows, before ' || old_rows
        when kind = 'file' then 'file ' || name || ' was read anew'
        when kind = 'state' then 'state ' || if(
            old_status = new_status, new_text, old_status || ', now ' || new_status
        )
        when kind = 'closing' then
            name || if(is_gone, ' was reopened', if(is_new, ' was closed', ' was closed anew'))
        when kind = 'definition' then 'the definition of ' || name || ' changed'
        when kind = 'check' then
            'check ' || name || if(is_new, ' failed', if(is_gone, ' passed', ' found other rows'))
        when is_leaf then
            place || ' ' || name || ': ' || case
                when is_new then 'added (' || new_text || ')'
                when is_gone then 'removed (' || old_text || ')'
                else 'was ' || array_to_string(list_filter(
                    string_split(old_text, ', '),
                    lambda item: not list_contains(string_split(new_text, ', '), item)
                ), ', ') || '; is ' || array_to_string(list_filter(
                    string_split(new_text, ', '),
                    lambda item: not list_contains(string_split(old_text, ', '), item)
                ), ', ')
            end
        when is_new then 'now rests on ' || part
        when is_gone then 'no longer rests on ' || part
        else 'weight of ' || part || ' was ' || coalesce(cast(old_weight as text), 'none')
            || ', is ' || coalesce(cast(new_weight as text), 'none')
    end as cause
from changed
where
    is_new
    or is_gone
    or old_weight is distinct from new_weight
    or (is_leaf and old_text is distinct from new_text)
