"""What is stale, and building it: facts, metrics, checks, tables of months, the scorecard."""
