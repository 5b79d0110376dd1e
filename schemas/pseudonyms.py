"""Pseudonyms: a person's identifier becomes a keyed hash of its canonical form.

One person written in four ways is one pseudonym; a phone number and a tax id of equal digits are
two. Without the key a hash of a phone number would fall in minutes, so the key is never shown.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import NoReturn

import polars as pl

FORMS = ("phone", "tax_id", "text")
KEY_BYTES = 16  # the least that cannot be tried through
KEPT = 200_000  # pseudonyms remembered between batches, about 50 MB
NOT_DIGITS = re.compile(r"[^0-9]+")
NUMBER_CELL = re.compile(r"([0-9]{6,})[.,]0")  # 6281234567890.0, as a spreadsheet shows a number


class Pseudonyms:
    """The holder of the key."""

    def __init__(self, key: bytes, country: str = "62") -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes; at least {KEY_BYTES} are needed")
        self._key = bytes(key)
        self._country = country
        self._known: dict[tuple[str, str], str | None] = {}

    def __repr__(self) -> str:
        return f"Pseudonyms({self.fingerprint})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")

    @property
    def fingerprint(self) -> str:
        """What tells this key from another, and says nothing of it."""
        return self._digest("kring key fingerprint")

    def one(self, value: str, form: str = "text") -> str | None:
        """The pseudonym of one identifier; None where it identifies nobody."""
        canonical = self.canonical(value, form)
        return self._digest(f"{form}\0{canonical}") if canonical else None

    def series(self, values: pl.Series, form: str = "text") -> pl.Series:
        """The pseudonyms of a column; each distinct identifier is hashed once."""
        text = values.cast(pl.String)
        distinct = text.drop_nulls().unique()
        if not len(distinct):
            return pl.repeat(None, len(text), dtype=pl.String, eager=True).alias(values.name)
        hashed = pl.Series([self._remembered(value, form) for value in distinct], dtype=pl.String)
        known = pl.DataFrame({"value": distinct, "hashed": hashed})
        joined = text.to_frame("value").join(known, on="value", how="left", maintain_order="left")
        return joined["hashed"].alias(values.name)

    def canonical(self, value: str, form: str) -> str:
        """The one way to write an identifier; empty where it identifies nobody."""
        if form == "text":
            return " ".join(unicodedata.normalize("NFC", _folded(value)).split())
        if form not in FORMS:
            raise ValueError(f"form {form!r} is unknown; the forms are {', '.join(FORMS)}")
        shown = (value if value.isascii() else _ascii_digits(value)).strip()
        cell = NUMBER_CELL.fullmatch(shown)
        digits = NOT_DIGITS.sub("", cell[1] if cell else shown)
        if not digits.strip("0"):
            return ""
        return digits if form == "tax_id" else self._phone(digits, shown.lstrip("( ")[:1] == "+")

    def _phone(self, digits: str, international: bool) -> str:
        """Digits with the country's code; the trunk 0 belongs to the house's own country.

        A number that starts with neither 0 nor + is taken to have its country's code already.
        """
        if not international and digits.startswith("00"):
            digits = digits[2:]
        elif not international and digits.startswith("0"):
            digits = self._country + digits[1:]
        trunk = self._country + "0"
        return self._country + digits[len(trunk) :] if digits.startswith(trunk) else digits

    def _remembered(self, value: str, form: str) -> str | None:
        key = (form, value)
        if key not in self._known:
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[key] = self.one(value, form)
        return self._known[key]

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256")[:16].hex()


def _ascii_digits(value: str) -> str:
    """Digits and signs of other scripts and widths as the plain ones."""
    plain = unicodedata.normalize("NFKC", value)
    return "".join(str(int(mark)) if mark.isdecimal() else mark for mark in plain)


def _folded(value: str) -> str:
    return unicodedata.normalize("NFC", value).casefold()
