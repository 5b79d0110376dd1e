-- title: What figures rest on that differs between the versions, as it was and as it is
-- grain: one row per figure (its period and basis) and thing it rests on
-- a file is the same under another name, so it is told by its content
with steps as (
    select
        version,
        dated(year, period) as period,
        basis,
        figure,
        kind,
        part_period,
        if(kind = 'file', file_id, part) as part,
        min(file_id) as file_id,
        regexp_replace(min(both_explain.part), '^file:', '') as called,
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
)

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
    after.called,
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
