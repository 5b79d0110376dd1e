"""How cells are written that could not be read, and the `times` that would read them.

For who tries a source; no cell is shown, only its form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations

import polars as pl

from schemas.proposals import exchanged, named, proposed, unseen, written_like
from schemas.texts import INVISIBLE

_OF_TIMES = ("not_a_time", "not_a_date")
_OF_NUMBERS = ("not_a_duration", "not_a_number", "not_whole")
_MOST = 3
RULES = (*_OF_TIMES, *_OF_NUMBERS, "control_character")


def either_order(declared: tuple[str, ...]) -> tuple[str, ...]:
    """Formats of which one reads as its own what the other should, wherever it can."""
    return tuple(
        f"`times` has `{first}` and `{then}`: a date that both can read, such as 03/04/2024, is "
        "taken by the first and never rejected; keep the one that the export is written in"
        for first, then in combinations(declared, 2)
        if exchanged(first) == then
    )


def proposals(
    cells: pl.DataFrame, rejects: pl.DataFrame, declared: tuple[str, ...], columns: Iterable[str]
) -> tuple[str, ...]:
    """A sentence for each column and rule; `cells` as the select returns them, and `columns` as
    the export has them."""
    names = [each.lower() for each in columns]
    said = []
    for column, rule in rejects.select("column", "rule").unique().sort(pl.all()).iter_rows():
        if rule in RULES and column in cells.columns and cells[column].dtype == pl.String:
            those = rejects.filter(pl.col("column") == column, pl.col("rule") == rule)
            texts = cells.join(those, on="_row", how="semi")[column].drop_nulls()
            is_name = texts.str.strip_chars().str.to_lowercase().is_in(names)
            if is_name.any():
                said.append(f"{rule} {column}: {_of_a_header(texts, is_name)}")
            if (others := texts.filter(~is_name)).len():
                found = _of_times(others, declared) if rule in _OF_TIMES else ""
                said.append(f"{rule} {column}: {found or _of_form(others, rule)}")
    return tuple(said)


def _of_a_header(texts: pl.Series, is_name: pl.Series) -> str:
    return (
        f"{is_name.sum()} of {texts.len()} rejected cells are the name of a column "
        f"(`{texts.filter(is_name)[0].strip()}`): does the header come again among the records? "
        "Leave it out by `where`"
    )


def _of_times(texts: pl.Series, declared: tuple[str, ...]) -> str:
    formats, count = proposed(texts)
    if not formats:
        return ""
    read = f"would read {count} of {texts.len()} rejected cells"
    turned = {exchanged(each): each for each in formats}
    if other := next((each for each in declared if turned.get(each, each) != each), None):
        line = "; ".join(turned[each] if each == other else each for each in declared)
        return f"are day and month exchanged? `times: {line}` {read}"
    lines = [f"`times: {'; '.join((*declared, each))}`" for each in formats]
    which = "; which of them is right the cells do not tell" if len(lines) > 1 else ""
    iso = "" if declared else "; ISO 8601 is then read only where `times` names it too"
    return f"{' or '.join(lines)} {read}{which}{iso}"


def _signs(texts: pl.Series, rule: str, form: str) -> list[str]:
    """The unseen signs of that form; of a text all that it is rejected for, however written."""
    texts = texts.str.strip_chars()
    if rule == "control_character":
        found = "".join(texts.str.extract_all(INVISIBLE).list.join(""))
    else:
        found = "".join(unseen(next(text for text in texts if written_like(text) == form)))
    return [sign for sign, _ in Counter(found).most_common(_MOST)]


def _of_form(texts: pl.Series, rule: str) -> str:
    forms = Counter(map(written_like, texts.str.strip_chars()))
    form, count = forms.most_common(1)[0]
    said = f"{count} of {texts.len()} rejected cells are written like `{form}`"
    if zero := next((sign for sign in form if sign.isdecimal() and sign > "9"), ""):
        digits = "".join(chr(ord(zero) + digit) for digit in range(10))
        said += f"; `translate(x, '{digits}', '0123456789')` makes its digits the usual ones"
    for sign in _signs(texts, rule, form):
        instead = " " if sign.isspace() and rule not in _OF_NUMBERS else ""
        call = f"replace(x, chr({ord(sign)}), '{instead}')"
        said += f"; `{call}` takes out {named(sign)}, which nobody sees"
    if rule == "not_a_duration" and re.fullmatch(r"-?0+([.]0{1,2}){2}(,0+)?", form):
        said += "; of hours, minutes and seconds `replace(x, '.', ':')` makes a duration"
    if rule != "control_character" and not any(sign.isdecimal() for sign in form):
        return said + ("; a word for nothing belongs into `nulls`" if "a" in form else "")
    # moments since 1970, in whatever they stand: of micro- and nanoseconds the first digits
    if rule in _OF_TIMES and re.search(r"(?<!0)(0{13}|0{16}|0{19})(?!0)", form):
        said += (
            "; where its first 13 digits are milliseconds since 1970, return "
            "regexp_extract(x, '[0-9]{13}') and declare `times: epoch_ms`"
        )
    elif rule in _OF_TIMES and re.fullmatch("0000-00-00 00:00:00 a(/a)+(_a)*", form):
        said += (
            "; the zone that stands behind it is in_zone's: there is no such time there, none "
            "alone, or it has another format"
        )
    # the letters of ISO 8601 are no words
    elif rule in _OF_TIMES and "a" in re.sub("^(0000-00-00)a(00:00:00(?:[.]0+)?)a?$", "", form):
        said += (
            "; names of months and days, AM and PM are read in English and without points: "
            "`english_dates`, `replace`"
        )
        if re.match("a,? 00? a 0000", form):
            said += "; a day of the week must be that of the date"
    return said
