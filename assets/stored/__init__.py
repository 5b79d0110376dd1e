"""What the lake holds: its tables as built with the record of each, and whether a file is sound."""
