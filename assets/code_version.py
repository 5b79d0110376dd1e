"""Which kring this is: its version, and a digest of its rules and code.

Every version and backup says by which it was made.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assets.lake import digest, sha256_file


def code_version() -> str:
    """The version of kring that wrote this, and the digest of its rules and code."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("kring")
    except PackageNotFoundError:
        number = "unknown"
    return f"{number} ({_code_digest()})"


@cache
def _code_digest() -> str:
    root = Path(__file__).resolve().parent.parent
    files = [
        path
        for folder in ("sql", "schemas", "assets")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in (".py", ".sql", ".csv", ".html", ".css")
    ]
    return digest([(str(p.relative_to(root)), sha256_file(p)) for p in files])[:8]
