"""Pseudonyms: a person's identifier becomes a keyed hash of its canonical form.

One person written in four ways is one pseudonym; a phone number and a tax id of equal digits are
two. Without the key a hash of a phone number would fall in minutes, so the key is never shown.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import NoReturn

import polars as pl

from schemas.stages import coded

FORMS = ("phone", "tax_id", "text")
KEY_BYTES = 16  # the least that cannot be tried through
BLOCK_BYTES = 64  # of SHA-256: hmac brings the key to this length
NOT_DIGITS = re.compile(r"[^0-9]+")
PLAIN_NUMBER = r"^[0-9]*[1-9][0-9]*$"
PLAIN_TEXT = r"^[!-~]+$"
NUMBER_CELL = re.compile(r"([0-9]{6,})[.,]0")  # 6281234567890.0, as a spreadsheet shows a number


class Pseudonyms:
    """The holder of the key; `country` is the code of numbers that begin with a trunk zero."""

    def __init__(self, key: bytes, country: str = "62") -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes; at least {KEY_BYTES} are needed")
        short = key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest()
        block = short.ljust(BLOCK_BYTES, b"\0")
        # hmac's two hashes, begun once: beginning them for each value is most of its work
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
        self._country = country

    def __repr__(self) -> str:
        return f"Pseudonyms({self.fingerprint})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")

    @property
    def fingerprint(self) -> str:
        """What tells this key from another, and says nothing of it."""
        return str(self._digests("", ["kring key fingerprint"])[0])

    def one(self, value: str, form: str = "text") -> str | None:
        """The pseudonym of one identifier; None where it identifies nobody."""
        return self._digests(f"{form}\0", [self.canonical(value, form)])[0]

    def series(self, values: pl.Series, form: str = "text") -> pl.Series:
        """The pseudonyms of a column; each distinct identifier is hashed once."""
        distinct, which = coded(values.cast(pl.String))
        hashed = self._digests(f"{form}\0", self._canonicals(distinct, form).to_list())
        return pl.Series(values.name, hashed, dtype=pl.String).gather(which)

    def canonical(self, value: str, form: str) -> str:
        """The one way to write an identifier; empty where it identifies nobody."""
        _check_form(form)
        if form == "text":
            folded = unicodedata.normalize("NFC", value).casefold()
            return " ".join(unicodedata.normalize("NFC", folded).split())
        shown = (value if value.isascii() else _ascii_digits(value)).strip()
        cell = NUMBER_CELL.fullmatch(shown)
        digits = NOT_DIGITS.sub("", cell[1] if cell else shown)
        if not digits.strip("0"):
            return ""
        return digits if form == "tax_id" else self._phone(digits, shown.lstrip("( ")[:1] == "+")

    def _canonicals(self, values: pl.Series, form: str) -> pl.Series:
        """The canonical forms of many identifiers; those written plainly are made in bulk."""
        _check_form(form)
        is_plain = values.str.contains(PLAIN_TEXT if form == "text" else PLAIN_NUMBER)
        odd = [self.canonical(value, form) for value in values.filter(~is_plain)]
        plain = values.str.to_lowercase() if form == "text" else values
        if form == "phone":  # as `_phone` does it
            plain = (
                plain.str.replace("^0([1-9])", f"{self._country}${{1}}")
                .str.replace("^00", "")
                .str.replace(f"^{self._country}0", self._country)
            )
        return plain.clone().scatter((~is_plain).arg_true(), pl.Series(odd, dtype=pl.String))

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

    def _digests(self, prefix: str, canonicals: list[str]) -> list[str | None]:
        """Halves of hmac-sha256 under the key, in hexadecimal digits; None of an empty text."""
        prefixed = self._inner.copy()
        prefixed.update(prefix.encode())
        begin, finish = prefixed.copy, self._outer.copy
        found: list[str | None] = []
        for text in canonicals:
            inner, outer = begin(), finish()
            inner.update(text.encode())
            outer.update(inner.digest())
            found.append(outer.hexdigest()[:32] if text else None)
        return found


def _check_form(form: str) -> None:
    if form not in FORMS:
        raise ValueError(f"form {form!r} is unknown; the forms are {', '.join(FORMS)}")


def _ascii_digits(value: str) -> str:
    """Digits and signs of other scripts and widths as the plain ones."""
    plain = unicodedata.normalize("NFKC", value)
    return "".join(str(int(mark)) if mark.isdecimal() else mark for mark in plain)
