-- title: A metric's months with the definition they are counted by
-- grain: one row per metric, channel, service and month
select
    cells.*,
    definitions.reads,
    definitions.numerator as counts,
    definitions.denominator as over_what,
    definitions.fingerprint,
    cast(cells.period || '-01' as date) as month
from cells
join ref.metric_definitions as definitions using (metric_id)
where length(cells.period) = 7
