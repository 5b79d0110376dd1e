"""Delimited exports that are drawn: what was written comes back, any bytes are read or refused."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from drawing import examples
from exporting import Bench
from hypothesis import given
from hypothesis import strategies as st

from assets.exports import Refused, opening, repair, scan

# A mark (U+FEFF) at the very start of the data is no content; the engine drops it.
text = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=8)
odd = st.text(st.sampled_from(list('";,|\t\r\n a\x1a\\')), max_size=5)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(text | odd, min_size=width, max_size=width).filter(
            lambda row: any(each.strip("; \t,|\r\n") for each in row)
        ),
        max_size=12,
    )
)


@examples(40)
@given(
    rows=tables, delim=st.sampled_from([";", ",", "\t", "|"]), end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), damage=st.booleans(),
    escaped=st.booleans(), chunk=st.sampled_from([3, 16, 1 << 22]),
)  # fmt: skip
def test_what_a_csv_writer_wrote_comes_back_exactly(
    bench: Bench,
    rows: list[list[str]],
    delim: str,
    end: str,
    quoting: int,
    damage: bool,
    escaped: bool,
    chunk: int,
) -> None:
    width = len(rows[0]) if rows else 2
    if end == "\n" and quoting == csv.QUOTE_MINIMAL:  # the writer leaves a CR bare then
        rows = [[each.replace("\r", "x") for each in row] for row in rows]
    out = io.StringIO(newline="")
    how: dict[str, Any] = {"delimiter": delim, "lineterminator": end, "quoting": quoting}
    if escaped:
        how |= {"quoting": csv.QUOTE_ALL, "doublequote": False, "escapechar": "\\"}
    writer = csv.writer(out, **how)
    writer.writerow([f"c{i}" for i in range(width)])
    writer.writerows(rows)
    if damage:  # a last record that is too short sends the file the long way
        out.write(f"x{end}")
    name = {"\t": r"\t"}.get(delim, delim)
    options = f"delim='{name}', multiline=true"
    options += r", escape='\'" * escaped
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "CHUNK", chunk)
        patch.setattr(scan, "_PIECE", chunk)
        patch.setattr(repair, "_BLOCK", chunk)
        read = bench.read(out.getvalue().encode(), options=options)
    assert [list(row) for row in read.values] == rows
    assert read.rejects == ([(len(rows) + 1, "field_count")] if damage else [])


@examples(100)
@given(
    lines=st.lists(st.text('a;;é"', max_size=8), min_size=1, max_size=6),
    ended=st.booleans(),
    piece=st.sampled_from([1, 5, 1 << 19]),
)
def test_a_width_is_told_only_of_records_that_all_have_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], ended: bool, piece: int
) -> None:
    path = tmp_path_factory.mktemp("scan") / "export.csv"
    text = "\n".join(lines) + "\n" * (ended or not lines[-1])
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_PIECE", piece)
        shape = scan.scan(path, "f.csv", ";", None, multiline=True)
        try:
            quoted = scan.scan(path, "f.csv", ";", '"', multiline=True)
        except Refused:
            quoted = None
    widths = {line.count(";") + 1 for line in lines}
    assert shape.records == len(lines)
    assert shape.width == (widths.pop() if len(widths) == 1 else None)
    assert quoted is None or quoted.width == (None if '"' in text else shape.width)


@examples(60)
@given(
    content=st.binary(min_size=1, max_size=200)
    | st.text('ab1;,"\r\n\t \0', min_size=1, max_size=120).map(str.encode),
    form=st.sampled_from(["csv", "tsv", "json lines", "json", "xlsx", "parquet"]),
    multiline=st.booleans(),
)
def test_any_bytes_are_read_or_refused(
    bench: Bench, content: bytes, form: str, multiline: bool
) -> None:
    options = {"options": "multiline=true"} if multiline and form == "csv" else {}
    try:
        bench.read(content, form, **options)  # which checks that no record is lost
    except Refused as error:
        assert str(error).startswith("f.csv")
