"""Pseudonyms: one person is one key however written, two persons are two, and no key is shown."""

from __future__ import annotations

import hmac
import pickle
import re

import polars as pl
import pytest
from drawing import examples
from hypothesis import given
from hypothesis import strategies as st

from schemas.pseudonyms import FORMS, Pseudonyms

KEY = bytes(range(32))
HOUSE = Pseudonyms(KEY)


def same(form: str, *spellings: str) -> bool:
    return len({HOUSE.one(text, form) for text in spellings}) == 1


def test_one_person_in_four_spellings_is_one_pseudonym() -> None:
    spellings = ["081234567890", "+6281234567890", "62 812-3456-7890", "6281234567890"]
    more = ["0062 812 3456 7890", "+62 (0)812 3456 7890", "(0812) 3456.7890", "6281234567890.0"]
    assert same("phone", *spellings, *more)
    assert HOUSE.series(pl.Series(spellings), "phone").n_unique() == 1


def test_digits_of_other_scripts_are_digits() -> None:
    assert same(
        "phone",
        "081234567890",
        "\uff10\uff18\uff11\uff12\uff13\uff14567890",
        "\u0660812345678\u0669\u0660",
    )


def test_other_countries_keep_their_code() -> None:
    assert HOUSE.canonical("+65 8123 4567", "phone") == "6581234567"
    assert HOUSE.canonical("+81 3 1234 5678", "phone") == "81312345678"
    assert not same("phone", "+6581234567", "081234567")


def test_tax_ids_are_their_digits() -> None:
    assert same("tax_id", "01.234.567.8-901.000", "012345678901000")
    assert not same("tax_id", "012345678901000", "0012345678901000")  # 15 digits, and 16


def test_texts_are_alike_in_case_space_and_composition() -> None:
    assert same("text", " Jos\u00e9  Rizal", "JOSE\u0301 RIZAL", "jos\u00e9\u00a0rizal ")
    assert same("text", "Stra\u00dfe", "STRASSE")
    assert not same("text", "007", "7")


def test_equal_digits_of_two_forms_are_two_persons() -> None:
    digits = "6281234567890"
    assert len({HOUSE.one(digits, form) for form in ("phone", "tax_id", "text")}) == 3


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("", "text"),
        ("  ", "text"),
        ("-", "phone"),
        ("anonymous", "phone"),
        ("0000", "phone"),
        ("n/a", "tax_id"),
        ("00.000.000.0-000.000", "tax_id"),
    ],
)
def test_what_identifies_nobody_is_null(value: str, form: str) -> None:
    assert HOUSE.one(value, form) is None


def test_a_column_is_hashed_as_its_cells_are() -> None:
    values = pl.Series("agent", ["b", None, "a", "B ", "", "b"] * 1_000)
    keys = HOUSE.series(values)
    assert keys.name == "agent"
    assert keys.dtype == pl.String
    expected = [None if value is None else HOUSE.one(value, "text") for value in values]
    assert keys.to_list() == expected
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in keys.drop_nulls())


def test_nothing_in_nothing_out() -> None:
    for values in (pl.Series([None, None]), pl.Series([], dtype=pl.String)):
        keys = HOUSE.series(values, "phone")
        assert keys.dtype == pl.String
        assert keys.null_count() == len(values) == len(keys)


odd_texts = st.text(
    st.sampled_from("0123456789") | st.sampled_from("+-() .,\n\t\0Aa\u00df\u0660\uff10\u00a0")
    | st.characters(codec="utf-8"), max_size=18,
)  # fmt: skip
plain_numbers = st.from_regex(r"\A(0|00|62|620|0062)?[0-9]{0,16}\Z")


@examples(100)
@given(st.lists(st.none() | odd_texts | plain_numbers, max_size=12), st.sampled_from(FORMS))
def test_a_column_is_hashed_as_its_cells_are_however_they_are_written(
    values: list[str | None], form: str
) -> None:
    expected = [None if value is None else HOUSE.one(value, form) for value in values]
    assert HOUSE.series(pl.Series(values, dtype=pl.String), form).to_list() == expected


@pytest.mark.parametrize("length", [16, 32, 64, 65, 200])
def test_the_hash_is_hmac_whatever_the_keys_length(length: int) -> None:
    key = bytes(range(length))
    expected = hmac.digest(key, b"tax_id\x00123", "sha256").hex()[:32]
    assert Pseudonyms(key).one("1.2-3", "tax_id") == expected


def test_another_key_is_another_person_and_another_fingerprint() -> None:
    other = Pseudonyms(KEY[::-1])
    assert other.one("007") != HOUSE.one("007")
    assert other.fingerprint != HOUSE.fingerprint
    assert Pseudonyms(KEY).one("007") == HOUSE.one("007")


def test_the_key_is_not_shown() -> None:
    assert KEY.hex() not in repr(HOUSE) + str(HOUSE)
    assert repr(KEY)[2:-1] not in repr(HOUSE)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(HOUSE)
    with pytest.raises(ValueError, match="8 bytes") as caught:
        Pseudonyms(b"secret!!")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="form 'fone'"):
        HOUSE.one("0812", "fone")
    with pytest.raises(ValueError, match="form 'fone'"):
        HOUSE.series(pl.Series(["0812"]), "fone")


def test_a_trunk_zero_stands_for_the_house_own_country() -> None:
    """In a German house 0170... is +49170...; in the Indonesian one it is +62170...."""
    german = Pseudonyms(KEY, country="49")
    assert german.one("0170 1234567", "phone") == german.one("+49 170 1234567", "phone")
    assert german.one("0170 1234567", "phone") != HOUSE.one("0170 1234567", "phone")
