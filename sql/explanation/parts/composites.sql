-- title: A KPI or a composite rests on the composite it names
select
    wants.year,
    wants.period,
    wants.basis,
    wants.figure,
    wants.period as part_period,
    'computed' as part_basis,
    wants.source as part,
    'composite' as kind,
    composites.value,
    composites.status,
    titles.title || '; ' || composites.reason as text,
    titles.authority,
    titles.is_assumption
from wants
join kpi.composites as composites
    on wants.source = 'composite:' || composites.composite_id
    and composites.year = wants.year
    and composites.period = wants.period
join ref.composites as titles on titles.composite_id = composites.composite_id
