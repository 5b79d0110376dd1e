-- title: The metrics' figures, named as the explanation names them
-- grain: one row per metric, channel, service and period
select
    *,
    'metric:' || metric_id || coalesce(' ' || channel, '') || coalesce(' ' || service, '')
        as figure
from kpi.cells
