"""What was decided and what readers see: the log of decisions, closed periods, versions."""
