-- title: What the composites of closed periods were made of, as their revisions keep it
-- grain: one row per composite, period and part
-- of a part that names no channel every cell is told, all with its weight: they are pooled
select
    explained.period,
    split_part(explained.figure, ':', 2) as composite_id,
    split_part(explained.text, ': ', 1) as part_id,
    case explained.kind
        when 'metric' then 'metric:' || any_value(cells.metric_id)
        else any_value(split_part(explained.part, ' ', 1)).replace('inputs:', 'input:')
    end as source,
    if(count(distinct cells.channel) = 1, any_value(cells.channel), null) as channel,
    if(count(distinct cells.service) = 1, any_value(cells.service), null) as service,
    any_value(explained.weight) as weight,
    if(
        count(*) = 1,
        any_value(explained.value),
        if(coalesce(any_value(cells.unit), '') in ('seconds', 'number'), 1, 100)
        * cast(sum(explained.numerator) as double)
        / nullif(cast(sum(explained.denominator) as double), 0)
    ) as value
from kpi.explain as explained
left join kpi.cells as cells
    on explained.part = 'metric:' || concat_ws(' ', cells.metric_id, cells.channel, cells.service)
    and cells.year = explained.year
    and cells.period = explained.part_period
where explained.year = $year
    and explained.period in (select period from kpi.explain where year = $year and kind = 'closing')
    and explained.figure like 'composite:%'
    and explained.kind in ('metric', 'input')
group by explained.period, explained.figure, explained.kind, part_id
order by explained.period, explained.figure, part_id
