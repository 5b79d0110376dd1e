"""What the commands answer from a version or the lake: explanation, comparison, status, alerts."""
