"""The pipeline's steps and what they stand on: home, lake, ledger, judge, publishing.

Belongs here: reading landing, building facts, metrics, KPIs and versions. Does not: the
command line, schedules and jobs (pipelines), the rules themselves (sql), contracts (schemas).
"""
