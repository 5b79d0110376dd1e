"""The rules, as SQL files, and the one door through which they run.

Belongs here: statements (facts, metrics, roll-ups, checks), their header grammar, the
engine's connection. Does not: where files lie, what is stale, anything of Dagster.
"""
