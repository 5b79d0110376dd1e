"""Making a version: its content, database, parquet, provenance, accounting; then the switch."""
