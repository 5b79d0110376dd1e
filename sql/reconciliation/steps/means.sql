-- title: Printed figures that are a weighted mean of other printed figures of their period
-- grain: one row per figure whose parts are all printed
-- reads: reference.printed, reference.scores, ref.weights, ref.composite_parts, ref.kpis
with nodes as (
    select
        parents.figure_id,
        any_value(children.subject order by children.line) as part,
        any_value(children.value order by children.line) as value,
        any_value(children.places order by children.line) as places,
        weights.weight
    from reference.scores as parents
    join reference.printed as dated using (figure_id)
    join ref.weights as weights
        on parents.measure = 'index' and parents.subject_key = 'node:' || weights.parent_id
        and is_in_force(dated.period_end, weights.valid_from, weights.valid_to)
    join reference.scores as children
        on children.subject_key in ('node:' || weights.child_id, 'kpi:' || weights.child_id)
        and children.period = parents.period and children.measure = parents.measure
    group by parents.figure_id, children.subject_key, weights.weight
),

-- the composite itself, or the realisation of a KPI that is one
composites as (
    select figure_id, subject_key as composite from reference.printed
    where subject_key = 'composite:' || measure and value is not null
    union all
    select distinct printed.figure_id, kpis.source
    from reference.printed as printed
    join ref.kpis as kpis on printed.subject_key = 'kpi:' || kpis.kpi_id
    where printed.measure = 'realisation' and not printed.is_worded
        and printed.value is not null and kpis.source like 'composite:%'
        and coalesce(printed.channel, printed.service) is null
),

parts as (
    select
        composites.figure_id,
        cells.row_name as part,
        cells.value,
        cells.places,
        parts.weight
    from composites
    join reference.printed as whole using (figure_id)
    join ref.composite_parts as parts
        on composites.composite = 'composite:' || parts.composite_id
        and is_in_force(whole.period_end, parts.valid_from, parts.valid_to)
    join reference.printed as cells
        on cells.subject_key = parts.source
        and cells.measure = split_part(parts.source, ':', 2)
        and cells.channel is not distinct from parts.channel
        and cells.service is not distinct from parts.service
        and (cells.section, cells.period, cells.is_average)
            = (whole.section, whole.period, whole.is_average)
    where cells.value is not null and not cells.is_worded
),

together as (select * from nodes union all by name select * from parts)

select
    figure_id,
    sum(value * weight order by part) / sum(weight order by part) as value,
    min(places) as places,
    array_to_string(list(part || ' ' || shown(value, places) order by part), ', ') as words
from together
group by figure_id
-- all parts, each once: what weighs 1 together
having abs(sum(weight order by part) - 1) < 1e-9 and count(distinct part) = count(*)
order by figure_id
