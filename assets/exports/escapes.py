"""A quote that an export escapes by a sign (`\\"`) as one that is doubled (`""`, RFC 4180).

Some systems write so. Told apart here once, while the copy is made, so that what counts quotes
and what reads them know one way only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def doubled_quotes(chunks: Iterable[bytes], escape: bytes, quote: bytes) -> Iterator[bytes]:
    """The same text with doubled quotes; of two escapes one is left, any other sign stands.

    `escape` and `quote` are one byte each.
    """
    escaped = re.compile(
        re.escape(escape) + b"(" + re.escape(escape) + b"|" + re.escape(quote) + b")"
    )
    meant = {escape: escape, quote: quote * 2}
    held = b""  # an escape at a chunk's end, whose sign comes with the next
    for chunk in chunks:
        chunk = held + chunk
        held = escape if (len(chunk) - len(chunk.rstrip(escape))) % 2 else b""
        yield escaped.sub(lambda found: meant[found[1]], chunk.removesuffix(held))
    yield held
