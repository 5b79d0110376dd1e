"""A plain copy of a database by its own engine: `copy_database.py DATABASE TARGET`."""

import sys

import duckdb

con = duckdb.connect()
con.execute(f"attach '{sys.argv[1]}' as published (read_only)")
con.execute(f"attach '{sys.argv[2]}' as copied (storage_version 'v1.5.0')")
con.execute("copy from database published to copied")
con.close()
