"""The `options:` of a source: how its files are laid out, a closed list for each format."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from assets.arrivals.source_values import header_form
from sql.header import Statement

_OPTION = re.compile(r"\s*(\w+)\s*=\s*('(?:''|[^'])*'|\"(?:\"\"|[^\"])*\"|[^,]*?)\s*(?:,|$)")


@dataclass(frozen=True)
class Options:
    """How an export's file is laid out. Every value is declared; nothing is guessed."""

    delim: str = ";"
    quote: str | None = '"'
    escape: str | None = None
    """What stands before a quote that is meant as text, where it is not doubled."""
    header: bool = True
    header_rows: int = 1
    header_row: int = 1
    skip: int = 0
    footer: int = 0
    encoding: str = "utf-8"
    multiline: bool = False
    names: tuple[str, ...] = ()
    sheet: str | int | None = None
    records: str | None = None
    optional: tuple[str, ...] = ()
    ragged: bool = False
    """Whether a record may end early; the columns that it lacks are empty."""
    row_limit: int = 0
    """Records at which the exporting system cuts without a word; 0: it does not."""


_DELIMITED = frozenset(Options.__dataclass_fields__) - {"sheet", "records"}
_APPLY = {
    "csv": _DELIMITED,
    "tsv": _DELIMITED,
    "json lines": frozenset({"encoding", "optional", "row_limit"}),
    "json": frozenset({"encoding", "records", "optional", "row_limit"}),
    "parquet": frozenset({"optional", "row_limit"}),
    "xlsx": frozenset({
        "sheet", "header", "header_rows", "header_row", "skip", "footer", "names", "optional",
        "row_limit",
    }),
}  # fmt: skip
# the least and the most that a number may be
_NUMBERS = {
    "header_rows": (1, 1000), "header_row": (1, 1000), "skip": (0, 1000), "footer": (0, 1000),
    "row_limit": (1, 10**9),
}  # fmt: skip
_DEFAULT_DELIMITERS = {"csv": ",", "tsv": "\t"}


def parse_options(statement: Statement, form: str) -> Options:
    """The `options:` of a source, checked against what its format knows."""
    text = statement.header.get("options", "")
    given: dict[str, str] = {}
    position = 0
    while position < len(text.rstrip()):
        match = _OPTION.match(text, position)
        if not match or match.end() == position:
            raise statement.problem(
                "options", f"cannot read `{text[position:].strip()}`; write name=value, name=value"
            )
        name = match[1]
        if name not in _APPLY[form]:
            known = ", ".join(sorted(_APPLY[form])) or "none"
            raise statement.problem(
                "options", f"`{name}` is not an option of {form}; its options are {known}"
            )
        if name in given:
            raise statement.problem("options", f"`{name}` stands twice; keep one")
        given[name], position = _unquoted(match[2]), match.end()
    return _checked(statement, form, given)


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace(value[0] * 2, value[0])
    return value


def _checked(statement: Statement, form: str, given: dict[str, str]) -> Options:
    numbers = {
        name: _whole_number(statement, name, given[name], *bounds)
        for name, bounds in _NUMBERS.items()
        if name in given
    }
    truths = {
        name: _truth(statement, name, given[name])
        for name in ("multiline", "header", "ragged")
        if name in given
    }
    sheet = given.get("sheet") or None
    options = Options(
        delim=_delimiter(statement, given.get("delim", _DEFAULT_DELIMITERS.get(form, ","))),
        quote=_quote(statement, "quote", given.get("quote", '"')),
        escape=_quote(statement, "escape", given.get("escape", "none")),
        encoding=_encoding(statement, given.get("encoding", "utf-8")),
        names=_list(given.get("names", "")),
        optional=_list(given.get("optional", "")),
        sheet=int(sheet) if sheet and sheet.isdecimal() else sheet,
        records=given.get("records") or None,
        **numbers,  # type: ignore[arg-type]
        **truths,
    )
    _require_sense(statement, options)
    return options


def _require_sense(statement: Statement, options: Options) -> None:
    """Raise HeaderError where options, each good by itself, do not go together."""
    if options.header_row > options.header_rows:
        raise statement.problem(
            "options",
            f"header_row={options.header_row} is beyond header_rows="
            f"{options.header_rows}; give header_rows the number of header lines",
        )
    if options.header and options.names:
        raise statement.problem("options", "names= is for header=false; use aliases: to rename")
    if not options.header and not options.names:
        raise statement.problem("options", "header=false needs names='first,second,...'")
    for one, other in (("quote", "delim"), ("escape", "delim"), ("escape", "quote")):
        if (sign := getattr(options, one)) and sign == getattr(options, other):
            raise statement.problem("options", f"{one} and {other} are the same character")
    if options.escape and not options.quote:
        raise statement.problem("options", "escape is of quotes, and quote=none knows none")


def _list(text: str) -> tuple[str, ...]:
    return tuple(header_form(each) for each in text.split(",") if each.strip())


def _whole_number(statement: Statement, name: str, value: str, least: int, most: int) -> int:
    if not value.isdecimal() or not least <= int(value) <= most:
        raise statement.problem("options", f"{name} must be a number from {least} to {most}")
    return int(value)


def _truth(statement: Statement, name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise statement.problem("options", f"{name} must be true or false")
    return value.lower() == "true"


def _delimiter(statement: Statement, value: str) -> str:
    value = {"\\t": "\t", "tab": "\t"}.get(value, value)
    if len(value) != 1 or not value.isascii() or value.isalnum() or value in "\r\n\0\"'":
        raise statement.problem(
            "options", r"delim must be one character, such as ',' ';' '|' or '\t'"
        )
    return value


def _quote(statement: Statement, name: str, value: str) -> str | None:
    if value.lower() in ("none", ""):
        return None
    if len(value) != 1 or not value.isascii() or value.isalnum() or value in "\r\n\0":
        raise statement.problem("options", f"{name} must be one character, or none")
    return value


def _encoding(statement: Statement, value: str) -> str:
    try:
        name = codecs.lookup(value).name
        "".encode(name)  # refuses codecs that do not stand for text, such as base64
    except (LookupError, ValueError):
        raise statement.problem(
            "options", f"encoding `{value}` is unknown; for example utf-8, utf-16, cp1252"
        ) from None
    return name
