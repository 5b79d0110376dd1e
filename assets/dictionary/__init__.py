"""The dictionary: what every table, column, metric, KPI, check and source means.

Nothing is written for it alone: it is read from the published database's comments, the SQL
files' headers, the contracts and the register, so it cannot drift from them. A missing
description is an error.
"""

from assets.dictionary.chapters import DictionaryError
from assets.dictionary.entries import Dictionary, column_comment, read_dictionary, written_digest
from assets.dictionary.pages import NAME, as_html, as_markdown, digest_of_dictionary, write_page

__all__ = [
    "NAME", "Dictionary", "DictionaryError", "as_html", "as_markdown", "column_comment",
    "digest_of_dictionary", "read_dictionary", "write_page", "written_digest",
]  # fmt: skip
