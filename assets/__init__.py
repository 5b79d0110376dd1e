"""The pipeline's steps and what they stand on, in rooms of which none knows one above it.

From the ground: home, settings, lake, disk, key and months in files of their own; then `arrivals`
(what there is to read), `exports` (one file's records), `intake` (the rows that count), `rulebook`,
`record` (closed periods, versions), `stored` (what the lake holds), `building` (the judge; facts
to scorecard), `dictionary`, `performance_report`, `publishing`, and at the top `graph` (Dagster),
`answers`, `keeping`, `trial`, `workbook` and `doctor`. Commands, schedules and jobs are in
pipelines, rules in sql.
"""
