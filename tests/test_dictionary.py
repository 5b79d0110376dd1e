"""The dictionary lists every column of the published database and leaves nothing undescribed.

It is compared with the database itself, opened as a reader opens it; the page is parsed as a
browser would, and must ask nothing of a network.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import ROOT, TestHome

from assets import dictionary
from assets.building.plan import Plan
from assets.dictionary import DictionaryError
from assets.dictionary.entries import PSEUDONYMS, Column, Table, lacking
from pipelines import shipped_dictionary

_VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """What a browser sees: ids, links, texts by id, and whether tags close as they opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.asked: list[str] = []
        self.open: list[str] = []
        self.texts: dict[str, str] = {}
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        self.asked += [str(named[k]) for k in ("src", "srcset", "action") if named.get(k)]
        if named.get("href"):
            self.links.append(str(named["href"]))
        if tag not in _VOID:
            self.open.append(tag)
            self._inside.append(str(named.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        for id_ in filter(None, self._inside):
            self.texts[id_] = self.texts.get(id_, "") + data + " "


@pytest.fixture(scope="module")
def page(sample_home: TestHome) -> Page:
    return Page((sample_home.root / "published/current/dictionary.html").read_text())


def test_every_column_of_the_database_is_on_the_page(sample_home: TestHome, page: Page) -> None:
    columns = sample_home.query(
        "select schema_name || '.' || table_name, column_name, lower(data_type), comment "
        "from duckdb_columns() where not internal"
    )
    assert len(columns) > 300
    for table, column, kind, comment in columns:
        said = page.texts[f"{table}.{column}"]
        assert kind in said and comment in said, (table, column)


def test_the_page_is_whole_and_stands_alone(page: Page) -> None:
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert [link for link in page.links if link.removeprefix("#") not in page.ids] == []
    assert page.asked == []


def test_what_stands_behind_the_figures_is_told(page: Page) -> None:
    """The page says of 3a-N what the register says, of csi what its SQL file says."""
    kpi = page.texts["kpis-service_level"]
    for told in ("3a-N", "composite:service_level_index", "pooled", "KLIP DJP", "2024: 79"):
        assert told in kpi
    metric = page.texts["metrics-csi"]
    for told in ("share", "completed and rated responses", "2024-01", "surveys", "KLIP DJP"):
        assert told in metric
    assert "a contact lost or counted twice" in page.texts["checks-contacts_balance"]
    assert "calls/calls_*.csv" in page.texts["sources-calls"]
    assert "wait_seconds (decimal" in page.texts["contracts-calls"]


def test_it_is_sealed_with_the_version(sample_home: TestHome) -> None:
    current = sample_home.root / "published/current"
    (document,) = json.loads((current / "manifest.json").read_text())["documents"]
    assert document["path"] == "dictionary.html"
    assert document["bytes"] == (current / "dictionary.html").stat().st_size
    assert sample_home.kring("verify").returncode == 0


def test_a_page_of_a_home_escapes_what_its_register_says(home: TestHome) -> None:
    home.edit_register("kpis", "Telephone occupancy", "<script>alert(1)</script>")
    home.only_sources("calls")
    home.run("2024-01-20")
    text = (home.root / "published/current/dictionary.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text


def test_the_documentation_is_what_the_rules_say() -> None:
    """`make check` compares; so does this, and twice made it is the same."""
    assert shipped_dictionary.main(["--check", str(ROOT / "docs/dictionary.md")]) == 0


def test_a_difference_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "dictionary.md"
    text = (ROOT / "docs/dictionary.md").read_text()
    other.write_text(text.replace("Satisfaction with contact-centre support", "Something else"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped_dictionary, "shipped", lambda: text)
        assert shipped_dictionary.main(["--check", str(other)]) == 1
    assert "+Satisfaction with contact-centre support" in capfd.readouterr().err


def test_deleting_a_description_breaks_the_build(tmp_path: Path) -> None:
    """A copy of kring whose columns.csv lost one line publishes nothing and says which."""
    for name in ("assets", "schemas", "sql", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("sources", "register"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    shutil.copy(ROOT / "data/kring.toml", tmp_path / "data/kring.toml")
    columns = tmp_path / "schemas/columns.csv"
    lines = columns.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("kpi,contribution,")]
    assert len(kept) == len(lines) - 1
    columns.write_text("".join(kept))
    ended = subprocess.run(
        [sys.executable, "-m", "pipelines.shipped_dictionary", "--check", "x.md"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 1
    assert re.fullmatch(
        r"kring: schemas/columns\.csv describes no column contribution of kpi\.\w+; add a row\n",
        ended.stderr,
    )


def test_an_empty_comment_is_no_description(tmp_path: Path, home: TestHome) -> None:
    from assets.building.plan import Plan

    path = tmp_path / "bare.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema fact")
        con.execute("create table fact.bare (one integer)")
        con.execute("comment on table fact.bare is 'SYNTHETIC SAMPLE DATA. '")
    with pytest.raises(DictionaryError, match=r"table fact\.bare has no description"):
        dictionary.read_dictionary(Plan(home.home, date(2024, 1, 20)), path)


@pytest.mark.parametrize("name", ["columns", "examples"])
def test_no_description_ends_at_a_comma(name: str) -> None:
    """A text with a comma and no quotes is two cells, of which readers would see the first."""
    with (ROOT / f"schemas/{name}.csv").open(encoding="utf-8", newline="") as file:
        assert [row for row in csv.reader(file) if len(row) != 3] == []


def test_examples_are_of_their_columns_type_and_never_a_pseudonym(sample_home: TestHome) -> None:
    written = csv.DictReader((ROOT / "schemas/examples.csv").open(encoding="utf-8"))
    examples = {(row["table"], row["column"]): row["example"] for row in written}
    assert not {column for _, column in examples} & set(PSEUDONYMS)
    columns: list[tuple[Any, ...]] = sample_home.query(
        "select schema_name || '.' || table_name, schema_name, column_name, data_type "
        "from duckdb_columns() where not internal"
    )
    known = {(t, c) for t, _, c, _ in columns} | {(s, c) for _, s, c, _ in columns}
    known |= {("*", c) for _, _, c, _ in columns}
    assert set(examples) - known == set()
    tried = 0
    for table, schema, column, kind in columns:
        found = [examples.get((place, column)) for place in (table, schema, "*")]
        value = next((v for v in found if v is not None), None)
        if value is not None and not table.startswith("ref."):
            duckdb.execute(f"select cast(? as {kind})", [value]).fetchall()
            tried += 1
    assert tried > 250


def test_a_column_without_an_example_is_named(sample_home: TestHome) -> None:
    """Every published column has one, but those that hold a person's pseudonym."""
    columns = (Column("fresh", "integer", "New.", ""), Column("agent_key", "text", "Who.", ""),
               Column("known", "integer", "Old.", "3"))  # fmt: skip
    assert lacking([Table("fact.x", "table", "X.", columns)]) == ["fact.x.fresh"]
    plan = Plan(sample_home.home, date(2025, 1, 1))
    found = dictionary.read_dictionary(plan, sample_home.root / "published/current/kring.duckdb")
    assert lacking(found.tables) == []


def test_the_command_writes_both_pages(sample_home: TestHome, tmp_path: Path) -> None:
    html, markdown = tmp_path / "it.html", tmp_path / "it.md"
    said = sample_home.kring("dictionary", "--html", str(html), "--markdown", str(markdown))
    assert said.returncode == 0, said.stderr
    published = (sample_home.root / "published/current/dictionary.html").read_text()
    assert html.read_text() == published
    assert re.search(r"^\| wait\\_seconds \| decimal\(12,3\)", markdown.read_text(), re.MULTILINE)
    where = sample_home.kring("dictionary")
    assert where.stdout.strip().endswith("dictionary.html")
