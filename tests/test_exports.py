"""Delimited exports: what is read, what is rejected by record, what is refused, never guessed."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from exporting import PLAIN, SEMI, Bench, refusal

from assets.exports import Limits, Refused, open_export, stage

ROWS = [("1", "Ani", "5"), ("2", "Budi", "6")]


def zipped(way: int = zipfile.ZIP_DEFLATED, /, **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("calls.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_a_name_where_a_tar_archive_says_that_it_is_one_is_text(bench: Bench) -> None:
    """Kustari, whose `ustar` is the 258th to 262nd byte of the file."""
    name = "Ani " * 61 + "K"
    content = f"id;name\n001;{name}ustari\n".encode()
    assert content[257:262] == b"ustar"
    assert bench.read(content, options=SEMI).rows == [("001", f"{name}ustari", 1)]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        pytest.param(PLAIN, SEMI, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN, SEMI, id="B1 byte order mark"),
        pytest.param(PLAIN.decode().encode("utf-16"), SEMI + ", encoding=utf-16", id="B2 utf-16"),
        pytest.param(
            b"\xfe\xff" + PLAIN.decode().encode("utf-16-be"), SEMI + ", encoding=utf-16", id="B2 be"
        ),
        pytest.param(PLAIN.replace(b"\n", b"\r\n"), SEMI, id="B29 CRLF"),
        pytest.param(PLAIN.replace(b"\n", b"\r"), SEMI, id="B29 CR"),
        pytest.param(b"id;name;n\r\n1;Ani;5\n2;Budi;6\r", SEMI, id="B29 mixed"),
        pytest.param(b"sep=;\r\n" + PLAIN, SEMI, id="B29 sep"),
        pytest.param(PLAIN + b"\x1a", SEMI, id="B29 end-of-file mark"),
        pytest.param(PLAIN.rstrip(b"\n"), SEMI, id="no last line end"),
        pytest.param(b"\n\n" + PLAIN, SEMI, id="blank lines first"),
        pytest.param(PLAIN.replace(b"\n", b"\n\n"), SEMI, id="blank lines between"),
        pytest.param(PLAIN + b";;\n  \n\n;;\n", SEMI, id="blank rows after"),
        pytest.param(b"id;name;n;\n1;Ani;5;\n2;Budi;6;\n", SEMI, id="trailing column"),
        pytest.param(b"id;name;n\n1;Ani;5;\n2;Budi;6;\n", SEMI, id="trailing in rows only"),
        pytest.param(b"id;name;n;\n1;Ani;5\n2;Budi;6\n", SEMI, id="trailing in header only"),
        pytest.param(b"id;name;n;\n1;Ani;5;\n2;Budi;6\n", SEMI, id="trailing here and there"),
        pytest.param(b'id;name;n\n"1";"Ani";5\n2;Budi;"6"\n', SEMI, id="quoted"),
        pytest.param(b"A report, of May\r\n\r\n" + PLAIN, SEMI + ", skip=1", id="preamble"),
        pytest.param(b'A "report\n' + PLAIN, SEMI + ", skip=1", id="a quote in the preamble"),
        pytest.param(PLAIN + b"Total;2\n\n", SEMI + ", footer=1", id="total line"),
        pytest.param(b"x;y;z\n" + PLAIN, SEMI + ", header_rows=2, header_row=2", id="two headers"),
        pytest.param(PLAIN + b"", SEMI + ", quote=none", id="no quotes"),
        pytest.param(
            b"1|Ani|5\n2|Budi|6\n", "delim='|', header=false, names='id,name,n'", id="bare"
        ),
        pytest.param(gzip.compress(PLAIN), SEMI, id="gzip"),
        pytest.param(gzip.compress(PLAIN[:15]) + gzip.compress(PLAIN[15:]), SEMI, id="gzip twice"),
        pytest.param(pa.compress(PLAIN, codec="zstd", asbytes=True), SEMI, id="zstd"),
        pytest.param(
            zipped(
                **{
                    "a report/": b"",
                    "a report/calls": PLAIN,
                    "__MACOSX/._calls": b"x",
                    "a report/.DS_Store": b"x",
                    "a report\\desktop.ini": b"x",
                }
            ),
            SEMI,
            id="zip",
        ),
    ],
)
def test_the_same_rows_however_they_are_written(bench: Bench, content: bytes, options: str) -> None:
    read = bench.read(content, options=options)
    assert read.values == ROWS
    assert read.numbers == [1, 2] and read.export.columns == ("id", "name", "n")


@pytest.mark.parametrize(
    ("content", "options", "rule", "told"),
    [
        pytest.param(b"", SEMI, "empty", "0 bytes", id="A5"),
        pytest.param(b"PK\x03\x04" + b"x" * 60, SEMI, "damaged", "zip file is cut", id="A12 zip"),
        pytest.param(zipped(f=PLAIN)[:-9], SEMI, "damaged", "zip file is cut", id="zip cut"),
        pytest.param(zipped(f=PLAIN, g=PLAIN), SEMI, "type", "a zip of 2 files", id="zip of two"),
        pytest.param(zipped(), SEMI, "empty", "a zip that holds no file", id="zip of nothing"),
        pytest.param(zipped(zipfile.ZIP_BZIP2, f=PLAIN), SEMI, "type",
                     "pack it as an ordinary zip", id="zip without bound"),
        pytest.param(zipped(f=zipped(f=PLAIN)), SEMI, "type", "or unpack it", id="zip in a zip"),
        pytest.param(
            zipped(f=PLAIN).replace(b"\x14\0\0\0\x08", b"\x14\0\1\0\x08"),
            SEMI, "protected", "password", id="zip with a password",
        ),
        pytest.param(b"<html><table>", SEMI, "type",
                     "HTML page; if it is a table, open it", id="A12 html as csv"),
        pytest.param(b"PAR1" + b"x" * 60, SEMI, "type", "parquet", id="A12 parquet as csv"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            SEMI, "protected", "password", id="A12 encrypted",
        ),
        pytest.param(PLAIN.decode().encode("utf-16"), SEMI, "encoding", "utf-16", id="B2"),
        pytest.param(
            PLAIN.decode().encode("utf-16-le"), SEMI, "encoding", "utf-16-le", id="B2 no mark"
        ),
        pytest.param(
            PLAIN.decode().encode("utf-16-be"), SEMI, "encoding", "utf-16-be", id="B2 be no mark"
        ),
        pytest.param(
            PLAIN.decode().encode("utf-16-le"), SEMI + ", encoding=utf-16", "encoding",
            "is utf-16 without a byte order mark, but the source reads utf-16; "
            "declare encoding='utf-16-le'", id="B2 mark missing",
        ),
        pytest.param(PLAIN.replace(b"Budi", b"Jos\xe9"), SEMI, "encoding",
                     "record 2 (line 3) is not utf-8; declare the file's encoding in options, "
                     "often encoding='cp1252', or cp1251 of Cyrillic", id="B3"),
        pytest.param(PLAIN, "delim=','", "delimiter", "declare delim=';' in options", id="B7"),
        pytest.param(PLAIN.replace(b";", b"\t"), SEMI, "delimiter",
                     "divided by tab; declare delim=tab", id="B7 tab"),
        pytest.param(b";;\n1;2;3\n", SEMI, "header", "empty", id="no header"),
        pytest.param(b"_row;b\n1;2\n", SEMI, "header", "_row", id="reserved"),
        pytest.param(PLAIN.replace(b"Ani", b'"Ani'), SEMI, "stray_quote", "record 1", id="opens"),
        pytest.param(PLAIN.replace(b"Budi", b'Bu"di'), SEMI, "stray_quote", "record 2", id="inner"),
        pytest.param(PLAIN.replace(b"Budi", b'"Bu"di'), SEMI, "stray_quote", "record 2", id="ends"),
        pytest.param(PLAIN.replace(b"Budi", b'"Bu\\"di"'), SEMI, "stray_quote",
                     r"behind a backslash (escape='\')", id="escaped"),
        pytest.param(PLAIN.replace(b"1;", b'="01";'), SEMI, "stray_quote",
                     "or cells are written =\"...\" for a spreadsheet (quote=none, and "
                     "trim(x, '=\"') in the select)", id="for a spreadsheet"),
        pytest.param(PLAIN.replace(b"6\n", b'"6'), SEMI, "stray_quote", "record 2", id="cut tail"),
        pytest.param(
            PLAIN.replace(b"Ani", b'"A\nni"'), SEMI, "stray_quote", "multiline=true", id="break"
        ),
        pytest.param(
            b'a;b;c;d\n1;"x;3;4\n2;y;3;4\n3;z;3;4\n4;w";3;4\n', SEMI + ", multiline=true",
            "stray_quote", "whole records", id="two strays in one column",
        ),
        pytest.param(gzip.compress(PLAIN * 99)[:-9], SEMI, "damaged", "cut short", id="gzip cut"),
        pytest.param(
            pa.compress(PLAIN * 99, codec="zstd", asbytes=True)[:-9], SEMI, "damaged", "cut",
            id="zstd cut",
        ),
        pytest.param(tarred(PLAIN), SEMI, "type", "tar archive; export it again in that format, "
                     "or unpack it", id="tar"),
        pytest.param(gzip.compress(tarred(PLAIN)), SEMI, "type", "tar archive", id="tar.gz"),
        pytest.param(gzip.compress(gzip.compress(PLAIN)), SEMI, "type", "gzip", id="packed twice"),
        pytest.param(PLAIN, SEMI + ", skip=9", "header", "skip=9", id="skip beyond"),
        pytest.param(PLAIN, SEMI + ", header_rows=9", "header", "header_rows=9", id="short header"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused(
    bench: Bench, content: bytes, options: str, rule: str, told: str
) -> None:
    error = refusal(bench, content, options=options, tolerance="50%")
    assert error.rule == rule and told in str(error) and str(error).startswith("f.csv")
    assert "Ani" not in str(error) and "Budi" not in str(error)


def test_a5_header_only_is_no_rows_but_a_file(bench: Bench) -> None:
    assert bench.read(b"id;name\n", options=SEMI).export.records == 0
    assert bench.read(b"id;name", options=SEMI).export.columns == ("id", "name")


def test_a13_only_regular_files_are_opened(bench: Bench) -> None:
    os.mkfifo(bench.landing / "pipe")
    (bench.landing / "link").symlink_to("/etc/passwd")
    (bench.landing / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        assert refusal(bench, bench.landing / name).rule == "not_a_file"
    assert refusal(bench, Path("/dev/zero")).rule == "not_a_file"
    assert refusal(bench, bench.landing / "gone").rule == "vanished"


def test_a1_a_file_that_changes_while_read_is_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = bench.put(PLAIN), os.read

    def read(handle: int, size: int) -> bytes:
        chunk = real(handle, size)
        if not chunk:
            with path.open("ab") as other:
                other.write(b"3;C;7\n")
        return chunk

    monkeypatch.setattr(os, "read", read)
    assert refusal(bench, path, options=SEMI).rule == "unstable"


def test_a15_an_oversize_file_is_not_opened(bench: Bench) -> None:
    path = bench.landing / "big.csv"
    with path.open("wb") as big:
        big.truncate(5 << 30)
    error = refusal(bench, path)
    assert error.rule == "too_large" and "4096 MB" in str(error)


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: zipped(f=text)], ids=["gzip", "zip"])
def test_g5_a_packed_file_may_not_unpack_without_bound(
    bench: Bench, pack: Callable[[bytes], bytes]
) -> None:
    path = bench.put(pack(b"a;b\n" + b"1;2\n" * 500_000))
    with pytest.raises(Refused, match="unpacks to more than") as caught:
        stage(path, bench.source(), bench.box, limits=Limits(unpacked_always=1 << 20))
    assert caught.value.rule == "bomb"


def test_staging_tells_the_raw_bytes(bench: Bench) -> None:
    raw = b"\xef\xbb\xbf" + PLAIN.replace(b"\n", b"\r\n")
    staged = stage(bench.put(raw), bench.source(options=SEMI), bench.box, "calls/x.csv")
    assert staged.sha256 == hashlib.sha256(raw).hexdigest()
    assert (staged.size, staged.name) == (len(raw), "calls/x.csv")


def test_b3_a_declared_encoding_is_exact(bench: Bench) -> None:
    read = bench.read("id\nJosé €\n".encode("cp1252"), options="encoding=cp1252")
    assert read.values == [("José €",)]
    content = b"id;n\n" + b"".join(b"%d;x\n" % i for i in range(1, 501)) + b"501;\xe9\n"
    assert "record 501 (line 502)" in str(refusal(bench, content, options=SEMI))


def test_b4_b8_records_are_rejected_by_their_number(bench: Bench) -> None:
    lines = [b"%d;n%d;x" % (i, i) for i in range(1, 1201)]
    lines[9] = b"10;Bu\0di;x"
    lines[99] = b"100;n100"
    lines[199] = b"200;n200;x;y"
    lines[299] = b"300;n;300;"  # a field too many, and the last one empty
    content = b"id;name;n\n" + b"\n\n".join(lines)
    read = bench.read(content, options=SEMI)
    assert read.rejects == [
        (10, "nul_byte"), (100, "field_count"), (200, "field_count"), (300, "field_count")
    ]  # fmt: skip
    assert read.export.records == 1200
    assert all(row == (str(row[-1]), f"n{row[-1]}", "x", row[-1]) for row in read.rows)


def test_a_shifted_row_with_an_empty_end_is_not_taken(bench: Bench) -> None:
    """The engine alone drops an empty field too many, and with it the shift."""
    read = bench.read(b"id,name,n\n1,Ani,\n2,Bu,di,\n3,C,7\n")
    assert read.rejects == [(2, "field_count")] and read.numbers == [1, 3]


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_a_page_in_the_place_of_data_is_no_table_to_be_saved(bench: Bench, form: str) -> None:
    said = str(refusal(bench, b"<html><body>Log in", form))
    assert said.endswith("but this is an HTML page; export it again in that format")


def test_records_of_a_ragged_export_may_end_early(bench: Bench) -> None:
    content = b'"Queue: A, B"\r\nat;n;of\r\n\r\n1;2;3\r\n4;5\r\n6;7;8;9\r\nTotal;"2;2"\r\n'
    options = SEMI + ", header=false, names='at,n,of'"
    read = bench.read(content, options=options + ", ragged=true")
    assert read.rows == [
        ("Queue: A, B", "", "", 1), ("at", "n", "of", 2), ("1", "2", "3", 3), ("4", "5", "", 4),
        ("Total", "2;2", "", 6),
    ]  # fmt: skip
    assert read.rejects == [(5, "field_count")]
    assert bench.read(content, options=options).numbers == [2, 3]


@pytest.mark.parametrize("ragged", [b"9;Total\n", b""], ids=["titles between", "all too short"])
def test_strays_are_told_of_records_that_end_early(bench: Bench, ragged: bytes) -> None:
    """A record that two stray quotes swallow is as short as the others are."""
    content = ragged + b'1;"x;3;4\n2;y;3;4\n3;z";3;4\n' + b"4;w;3;4\n" * 2
    options = SEMI + ", header=false, names='a,b,c,d,e', multiline=true, ragged=true"
    found = refusal(bench, content, options=options)
    assert (found.rule, "a quoted field holds whole records" in str(found)) == ("stray_quote", True)
    said = content.replace(b'"x;3;4\n2;y;3;4\n3;z"', b'"a, b;\nc; d\ne"')
    assert len(bench.read(said, options=options).rows) == 3 + bool(ragged)


def test_content_under_a_nameless_column_rejects_the_record(bench: Bench) -> None:
    read = bench.read(b"id;name;\n1;Ani;\n2;Bu;di\n3;C;\n", options=SEMI)
    assert read.rejects == [(2, "field_count")] and read.numbers == [1, 3]


def test_b5_b6_quoted_breaks_keep_record_numbers(bench: Bench) -> None:
    content = b'id;text;n\r\n1;"a ""b"";c";x\r\n2;"one\r\ntwo\n\rthree";x\r\n3;;x\r\n4;z\r\n5;k;x'
    read = bench.read(content, options=SEMI + ", multiline=true")
    assert read.rows == [
        ("1", 'a "b";c', "x", 1), ("2", "one\r\ntwo\n\rthree", "x", 2), ("3", "", "x", 3),
        ("5", "k", "x", 5),
    ]  # fmt: skip
    assert read.rejects == [(4, "field_count")]


def test_quotes_behind_a_backslash_are_text_where_that_is_declared(bench: Bench) -> None:
    r"""Two before a closing quote are a backslash; `\N` stays, the header is read alike."""
    content = rb""""i\"d";text;n
1;"a \"b\";c";\N
2;"end\\";x
3;"\"\\\"";""
"""
    read = bench.read(content, options=SEMI + r", escape='\'")
    assert read.export.columns == ('i"d', "text", "n")
    assert read.values == [
        ("1", 'a "b";c', r"\N"), ("2", "end\\", "x"), ("3", '"\\"', ""),
    ]  # fmt: skip


def test_a_file_of_only_bad_records_stops_early(bench: Bench) -> None:
    error = refusal(bench, b"a;b\n" + b"1\n" * 20_000, options=SEMI, tolerance="1%")
    assert error.rule == "field_count" and "more than 10,000" in str(error)


def test_open_export_serves_many_files_on_one_connection(bench: Bench) -> None:
    source = bench.source(options=SEMI)
    for count in (1, 3, 2):
        content = b"id;n\n" + b"".join(b"%d;x\n" % i for i in range(count)) + b"short\n"
        export = open_export(bench.con, stage(bench.put(content), source, bench.box), source)
        assert (export.records, len(export.rejects)) == (count + 1, 1)
        assert bench.con.sql("select count(*) from export").fetchall() == [(count,)]
