"""The `kring` command, one module per family of subcommands.

Belongs here: options, exit codes, what a person reads. What is done is in assets; heavy
imports stand inside the functions, so that `kring status` answers at once.
"""
