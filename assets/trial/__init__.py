"""A source tried on one export before any run: what was read of it, and what to look at twice."""
