"""An independent recount of the sample's figures, for tests to hold kring's own against.

Plain Python over the raw files: nothing of kring, no data-frame library, no SQL engine.
"""
