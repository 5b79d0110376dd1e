-- title: Agents are not busy in every second
-- reads: metric.occupancy, metric.occupancy_standard, ref.requirements
-- severity: flag
-- tolerance: 0
-- reason: over 100 hours some agent has waited, put a caller on hold or wrapped up. An occupancy
--    of exactly 100 % says that the export has none of the time beside talk that the formula
--    divides by, or that the source does not read it; the figure is then of no use. Of channels
--    that the register asks an occupancy for, each source by itself.
with occupancies as (
    select 'occupancy' as metric_id, channel, source, numerator, denominator from metric.occupancy
    union all by name
    select 'occupancy_standard' as metric_id, channel, source, numerator, denominator
    from metric.occupancy_standard
)

select metric_id, channel, source, sum(numerator) as occupied_seconds
from occupancies
semi join ref.requirements using (metric_id, channel)
group by metric_id, channel, source
having sum(numerator) >= 360000 and sum(numerator) = sum(denominator)
