"""Reading exports: a file's rows by its source and contract, which of them count, their chunks."""
