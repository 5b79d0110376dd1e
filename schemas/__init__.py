"""What data must look like: the contracts of raw and fact tables, and the register's tables.

Belongs here: column names, types, units, meanings, and the checks that follow from them alone.
Does not belong here: reading landing files, SQL, orchestration (neither duckdb nor dagster).
"""
