-- title: The target of a KPI is what the targets of its parts come to
-- words: whoever just reaches the one target misses or exceeds the other
-- reads: reference.printed, reference.kpis, ref.composite_parts
with targets as (
    select * from reference.printed
    where measure = 'target' and value is not null and not is_average
),

parts as (
    select
        whole.figure_id,
        whole.line,
        whole.subject_key,
        part.row_name,
        part.section,
        part.value,
        part.places,
        parts.weight
    from targets as whole
    join reference.kpis as kpis using (subject_key)
    join ref.composite_parts as parts
        on kpis.source = 'composite:' || parts.composite_id
        and is_in_force(whole.period_end, parts.valid_from, parts.valid_to)
    join targets as part
        on part.subject_key = parts.source and part.period = whole.period
        and part.channel is not distinct from parts.channel
        and part.service is not distinct from parts.service
    -- a target that is printed in two chapters is one
    qualify row_number() over (
        partition by whole.figure_id, parts.part_id order by part.line
    ) = 1
),

together as (
    select
        figure_id,
        sum(value * weight order by row_name) as value,
        string_agg(row_name || ' ' || shown(value, places), ', ' order by row_name desc) as words,
        string_agg(distinct nullif(section, ''), ', ' order by nullif(section, '')) as sections
    from parts
    group by figure_id
    having abs(sum(weight order by row_name) - 1) < 1e-9
)

select
    printed.figure_id,
    together.value as computed,
    printed.subject || ' ' || spoken(printed.period) || ': the target is '
        || shown(printed.value, printed.places)
        || if(printed.section = '', '', ' (' || printed.section || ')')
        || ', while its parts have targets of their own: ' || together.words
        || coalesce(' (' || together.sections || ')', '') || '. Parts that just reach theirs give '
        || rtrim(rtrim(shown(together.value, 4), '0'), '.') || ', not '
        || shown(printed.value, printed.places) || '.' as finding
from together
join reference.printed as printed using (figure_id)
-- targets are decided and not measured: nothing of them is rounded away
where not equals(together.value, printed.value, 4)
qualify row_number() over (
    partition by printed.subject_key, printed.period, printed.value order by printed.line
) = 1
