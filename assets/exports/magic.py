"""What a file is by its first bytes, against what its source says it is.

An extension may lie; a reader that believes it loads garbage. Both types are named.
"""

from __future__ import annotations

from assets.exports.refused import Refused

_MAGIC = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PAR1", "parquet"), (b"PARE", "encrypted parquet"), (b"\x1f\x8b", "gzip"),
    (b"ARROW1\0\0", "arrow"), (b"\xff\xff\xff\xff", "arrow"),
    (b"\x28\xb5\x2f\xfd", "zstd"), (b"%PDF", "pdf"), (b"SQLite format 3", "sqlite"),
    (b"7z\xbc\xaf", "7z"), (b"Rar!", "rar"), (b"BZh91AY", "bzip2"), (b"\xfd7zXZ", "xz"),
    (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
)  # fmt: skip
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_NAMES = {
    "ole": "a password-protected workbook, or one in the old .xls format",
    "zip": "an Excel workbook or another zip file",
    "arrow": "an Arrow or Feather file",
    "html": "an HTML page",
    "xml": "an XML file",
    "gzip": "a gzip file",
    "zstd": "a zstd file",
    "tar": "a tar archive",
    "text": "text",
}
_PACKED = frozenset({"zip", "gzip", "zstd", "7z", "rar", "bzip2", "xz", "tar"})
PROTECTED = "EncryptedPackage".encode("utf-16-le")
"""What a workbook with a password has inside, which is an `ole` then."""


def kind_of(head: bytes) -> str:
    """The type by magic bytes; `text` where nothing says otherwise."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar" and b"\0" in head[:257]:  # no text has a zero byte
        return "tar"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<head", b"<meta")):
        return "html"
    if start.startswith(b"<?xml"):
        return "xml"
    return "text"


def check_kind(name: str, form: str, head: bytes, tail: bytes = b"") -> None:
    """Refuse a file whose bytes are of another type than its source's format."""
    found = kind_of(head)
    wanted = {"xlsx": "zip", "parquet": "parquet"}.get(form, "text")
    if found == wanted:
        return
    if found == "ole" and PROTECTED in head + tail:
        raise Refused("protected", f"{name}: is password-protected; save it without a password")
    said = _NAMES.get(found, f"a {found} file")
    advice = "save it as .xlsx" if found == "ole" else "export it again in that format"
    if found in ("html", "xml") and form in ("csv", "tsv", "xlsx"):  # what many call .xls
        advice = (
            "if it is a table, open it in a spreadsheet program and save it as .xlsx, or as text; "
            "if not, as where a login is asked for, export it again"
        )
    if found in _PACKED:
        advice += ", or unpack it"
    raise Refused("type", f"{name}: the source reads {form}, but this is {said}; {advice}")


def byte_order_mark(head: bytes) -> tuple[bytes, str] | None:
    """The mark a text begins with, and the encoding it stands for."""
    return next(((mark, name) for mark, name in _BOMS if head.startswith(mark)), None)


def two_byte_encoding(head: bytes) -> str:
    """Which UTF-16 a text without a mark probably is, where every other byte is zero; else ''."""
    sample = head[:512]
    if len(sample) < 8 or 3 * sample.count(0) <= len(sample):
        return ""
    return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"
