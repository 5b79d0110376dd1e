"""What lies in landing, how a source says it is to be read, and what became of it (the ledger)."""
