-- title: Occupancy is at most 100 %
-- reads: metric.occupancy, metric.occupancy_standard, ref.requirements
-- severity: warn
-- tolerance: 0
-- reason: agents cannot be busier than they are there. By the house formula it means more time
--    not ready than on hold and in after-call work; the figure stands as computed. Of channels
--    that the register asks an occupancy for.
with occupancies as (
    select 'occupancy' as metric_id, channel, numerator, denominator from metric.occupancy
    union all by name
    select 'occupancy_standard' as metric_id, channel, numerator, denominator
    from metric.occupancy_standard
),

by_channel as (
    select
        metric_id,
        channel,
        sum(numerator) as occupied_seconds,
        sum(denominator) as divisor_seconds
    from occupancies
    semi join ref.requirements using (metric_id, channel)
    group by metric_id, channel
)

select metric_id, channel, occupied_seconds, divisor_seconds
from by_channel
where occupied_seconds > divisor_seconds
