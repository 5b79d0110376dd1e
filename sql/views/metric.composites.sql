-- title: Composite metrics of the register by month
-- grain: one row per month and composite
select
    cast(period || '-01' as date) as month,
    composite_id,
    value / 100 as value,
    measured_share,
    status,
    reason
from kpi.composites
where length(period) = 7
order by month, composite_id
