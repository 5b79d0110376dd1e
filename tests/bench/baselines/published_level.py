"""What kring published as service level: `published_level.py DATABASE`, as the baselines say it."""

import json
import sys

import duckdb

rows = (
    duckdb.connect(sys.argv[1], read_only=True)
    .execute("""
    select channel || ' ' || strftime(month, '%Y-%m'), cast(sum(numerator) as bigint),
        cast(sum(denominator) as bigint)
    from metric.monthly where metric_id = 'service_level' and denominator > 0
    group by all order by all
    """)
    .fetchall()
)
print(json.dumps({month: figures for month, *figures in rows}))
