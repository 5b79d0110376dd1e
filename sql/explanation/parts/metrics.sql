-- title: A KPI or a composite rests on the metrics it names
select
    wants.year,
    wants.period,
    wants.basis,
    wants.figure,
    cells.period as part_period,
    'computed' as part_basis,
    cells.figure as part,
    'metric' as kind,
    wants.weight,
    cells.value,
    cells.numerator,
    cells.denominator,
    cells.status,
    coalesce(wants.part_text, '') || definitions.title as text,
    wants.authority,
    wants.is_assumption
from wants
join cells
    on wants.source = 'metric:' || cells.metric_id
    and (wants.channel is null or wants.channel = cells.channel)
    and (wants.service is null or wants.service = cells.service)
    and cells.year = wants.year
    and cells.period = wants.period
join ref.metric_definitions as definitions using (metric_id)
