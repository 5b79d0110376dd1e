"""Keeping a home, and forgetting a person: backup, restoring, erasure."""
