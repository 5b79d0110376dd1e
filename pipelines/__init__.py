"""Orchestration: the command, Dagster's definitions and schedule, and the sample's exports.

Belongs here: when something runs, in which order, and what a person sees of it.
Does not belong here: rules (sql/), contracts (schemas/), what an asset computes (assets/).
"""
