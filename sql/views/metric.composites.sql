-- title: Composite metrics of the register by month
-- grain: one row per month and composite
with unscaled as (
    select parts.composite_id
    from ref.composite_parts as parts
    join ref.metric_definitions as definitions
        on parts.source = 'metric:' || definitions.metric_id
    where definitions.unit in ('seconds', 'number')
)

select
    cast(period || '-01' as date) as month,
    composite_id,
    value / case when composite_id in (from unscaled) then 1 else 100 end as value,
    measured_share,
    status,
    reason
from kpi.composites
where length(period) = 7
order by month, composite_id
