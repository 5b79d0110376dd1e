"""The performance report says what the database says, number by number, in both languages.

Every number on a page carries its address. Here each is looked up, or counted again from the
rows below it, and rounded again; nothing of the report's own reading is used.
"""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from commands import Command
from homes import TestHome
from pages import Number, Page, page
from storyhome import StoryHome, called, put_calls

from assets.performance_report.words import register_words, texts


@pytest.fixture(params=["id", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def published_page(home: TestHome, lang: str) -> Page:
    return page(home.root / f"published/current/report.2024.{lang}.html")


def printed_as(value: Decimal, printed: str, lang: str) -> str:
    """The value at as many decimals as were printed, in the language's own writing."""
    thousands, point = (".", ",") if lang == "id" else (",", ".")
    _, _, decimals = printed.partition(point)
    shown = value.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    whole, _, rest = f"{abs(shown):,f}".partition(".")
    before = "" if not shown else "\u2212" if shown < 0 else "+" if printed[0] == "+" else ""
    return before + whole.replace(",", thousands) + (point + rest if rest else "")


class Database:
    """Values by address, read from the published database in plain selects."""

    def __init__(self, home: TestHome) -> None:
        self.home = home
        self._tables: dict[tuple[str, tuple[str, ...]], dict[str, dict[str, Any]]] = {}

    def value(self, table: str, column: str, key: dict[str, Any]) -> Any:
        if table == "sum(metric.interval)":
            return self._hours()[key["channel"], key["weekday"], key["hour"]]
        if table == "sum(metric.outbound_monthly)":
            return self.home.value(f"select sum({column}) from metric.outbound_monthly")
        if table == "sum(ops.files)":
            what = "count(*)" if column == "files" else f"sum({column})"
            where = f"kind = '{key['kind']}' and array_to_string(months, ' ') like '%2024-%'"
            return self.home.value(f"select {what} from ops.files where {where}")
        if table == "pull(metric.monthly)":
            return self._pull(column, key)
        return self._row(table, key)[column]

    def _row(self, table: str, key: dict[str, Any]) -> dict[str, Any]:
        names = tuple(sorted(key))
        if (table, names) not in self._tables:
            columns = [r[0] for r in self.home.query(f"describe {table}")]
            rows = [dict(zip(columns, r, strict=True))
                    for r in self.home.query(f"select * from {table}")]  # fmt: skip
            by_key = {self._key({n: row[n] for n in names}): row for row in rows}
            # an address that names several rows would prove nothing, unless they agree
            assert len(by_key) == len(rows) or table == "ref.occupancy_formula", (table, names)
            self._tables[table, names] = by_key
        return self._tables[table, names][self._key(key)]

    @staticmethod
    def _key(key: dict[str, Any]) -> str:
        return json.dumps({k: None if v is None else str(v) for k, v in key.items()},
                          sort_keys=True)  # fmt: skip

    @cache  # noqa: B019
    def _hours(self) -> dict[tuple[str, int, int], Any]:
        rows = self.home.query(
            "select channel, interval_start, denominator from metric.interval "
            "where metric_id = 'service_level'"
        )
        sums: dict[tuple[str, int, int], Decimal] = {}
        for channel, start, count in rows:
            place = (channel, start.isoweekday(), start.hour)
            sums[place] = sums.get(place, Decimal(0)) + count
        return sums

    def _pull(self, column: str, key: dict[str, Any]) -> Any:
        """Weight x (value of the part - value of the whole) x share of the denominator."""
        same = " and ".join(f"{name} is not distinct from {key[name]!r}".replace("None", "null")
                            for name in ("metric_id", "channel", "service"))  # fmt: skip
        rows = self.home.query(f"select month, queue, numerator, denominator "
                               f"from metric.monthly where {same}")  # fmt: skip
        own = [(n, d) for m, q, n, d in rows if (str(m), q) == (key["month"], key["queue"])]
        numerator, denominator = (sum(column) for column in zip(*own, strict=True))
        of_all, by_all = sum(r[2] for r in rows), sum(r[3] for r in rows)
        weights = {"service_level": "0.5", "csi": "0.25", "outbound_contact": "0.5",
                   "outbound_behaviour": "0.5", "occupancy": "1"}  # fmt: skip
        value = numerator / denominator
        pull = Decimal(weights[key["metric_id"]]) * (value - of_all / by_all)
        return {"denominator": denominator, "value": 100 * value,
                "pull": 100 * pull * denominator / by_all}[column]  # fmt: skip


def test_every_number_is_the_databases(sample_home: TestHome, lang: str) -> None:
    """All of them, looked up by their address and rounded half up once more."""
    database = Database(sample_home)
    numbers = published_page(sample_home, lang).numbers
    assert len(numbers) > 2000
    wrong = [
        (number, found)
        for number in numbers
        if (found := looked_up(database, number, lang)) != number.printed
    ]
    assert wrong == []


def looked_up(database: Database, number: Number, lang: str) -> str:
    value = database.value(number.table, number.column, number.key)
    if number.less and value is not None:
        table, _, column = number.less[0].rpartition(".")
        value = float(value) - float(database.value(table, column, number.less[1]))
    if value is None:
        return "\u2013"
    return printed_as(Decimal(str(value)) * number.times, number.printed, lang)


def test_no_number_in_a_table_is_without_its_address(sample_home: TestHome, lang: str) -> None:
    loose = published_page(sample_home, lang).loose
    quoted = "|".join(map(re.escape, [*register_words(), *register_words().values()]))
    assert [t for t in loose if re.search(r"\d[.,]\d", t) and not re.search(quoted, t)] == []


def test_the_figures_of_the_report_of_2024_are_on_it(sample_home: TestHome) -> None:
    """Printed in the report of 2024: score 115.87, stakeholder 116.27, 3a 85.28 of 79."""
    html = "".join(published_page(sample_home, "id").text)
    assert "Nilai Kinerja Organisasi" in html and "Sasaran strategis" in html
    by_key = {
        (n.key.get("id"), n.key.get("basis"), n.key.get("period"), n.column): n.printed
        for n in published_page(sample_home, "id").numbers
        if n.less is None
    }
    assert by_key["organisation", "reported", "Y", "index"] == "115,87"
    assert by_key["stakeholder", "reported", "Y", "index"] == "116,27"
    assert by_key["service_level", "reported", "Y", "realisation"] == "85,28"
    assert by_key["telephone_occupancy", "reported", "Y", "index_raw"] == "153,91"


def test_remarks_follow_the_published_judgement(sample_home: TestHome) -> None:
    """Phone and chat are both remarked as reached exactly where the database says reached."""
    html = (sample_home.root / "published/current/report.2024.en.html").read_text()
    (section,) = re.findall(r'<section id="service_level">.*?</section>', html, re.DOTALL)
    remarks = re.findall(r'data-label="Remark">\s*(reached|not reached)\s', section)
    phone, chat = remarks[:12], remarks[12:]
    both = [(a, b) == ("reached", "reached") for a, b in zip(phone, chat, strict=True)]
    assert both == [
        reached
        for (reached,) in sample_home.query(
            "select reached from metric.service_level_monthly order by month"
        )
    ]
    assert sum(both) == 4


def test_the_occupancy_formula_is_the_registers(sample_home: TestHome, lang: str) -> None:
    """As the report of 2024 prints it, without its inner brackets."""
    html = published_page(sample_home, lang).html
    assert "Active / (Active + Hold + ACW - NotReady)" in html


def test_both_languages_have_the_same_facts(sample_home: TestHome) -> None:
    both = [
        [(n.table, n.column, n.key, n.value) for n in published_page(sample_home, each).numbers]
        for each in ("id", "en")
    ]  # fmt: skip
    assert both[0] == both[1]


def test_the_page_is_whole_and_asks_for_nothing(sample_home: TestHome, lang: str) -> None:
    found = published_page(sample_home, lang)
    assert found.faults == []
    assert len(found.ids) == len(set(found.ids))
    asked = {
        value
        for _, name, value in found.attributes
        if name in ("src", "href", "srcset", "action", "poster", "data") and value[:1] != "#"
    }
    assert asked == set()
    targets = {value[1:] for _, name, value in found.attributes if name == "href"}
    assert targets <= set(found.ids)
    assert not re.search(r"url\(|@import|<script|<link|https?://", found.html)


def test_headings_descend_one_by_one_and_tables_are_named(sample_home: TestHome, lang: str) -> None:
    found = published_page(sample_home, lang)
    assert found.headings[0] == 1 and found.headings.count(1) == 1
    steps = zip(found.headings, found.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)
    assert found.html.count("<table") == found.html.count("<caption>")
    assert len(re.findall("<svg", found.html)) == len(re.findall('role="img"', found.html))
    assert f'<html lang="{lang}">' in found.html
    assert found.html.count("SYNTHETIC SAMPLE DATA") >= 3


def test_the_head_of_a_column_stands_as_its_cells_do(sample_home: TestHome, lang: str) -> None:
    """Numbers to the right under heads to the right; `class="num"` is what puts them there."""
    seen = 0
    for table in re.findall(r"<table.*?</table>", published_page(sample_home, lang).html, re.S):
        head, _, body = table.partition("</thead>")
        columns = re.findall(r'<th scope="col"( class="num")?>(.*?)</th>', head)
        for row in re.findall(r"<tr.*?</tr>", body, re.S):
            cells = re.findall(r'<t[hd]( class="num[^"]*")?[^>]*>', row)
            assert len(cells) == len(columns), (head, row)
            for (right, column), cell in zip(columns, cells, strict=True):
                assert bool(right) == bool(cell), (column, row)
                seen += 1
    assert seen > 1000


def test_nothing_is_left_untranslated(sample_home: TestHome) -> None:
    """All that the shipped register says has its Indonesian; no key lacks a language."""
    html = published_page(sample_home, "id").html
    assert re.findall(r'<q lang="en">.*?</q>', html) == []
    assert [key for key, both in texts().items() if not (both["id"] and both["en"])] == []
    places = [set(re.findall(r"\{(\w+)\}", said)) for both in texts().values()
              for said in (both["id"], both["en"])]  # fmt: skip
    assert places[::2] == places[1::2]


def test_the_command_writes_the_same_bytes(sample_home: TestHome, tmp_path: Path) -> None:
    out = tmp_path / "mine.html"
    said = sample_home.kring("report", "2024", "--lang", "en", "--out", str(out))
    assert said.returncode == 0, said.stderr
    published = sample_home.root / "published/current/report.2024.en.html"
    assert out.read_bytes() == published.read_bytes()


def test_a_report_of_the_third_quarter_ends_in_september(
    sample_home: TestHome, tmp_path: Path
) -> None:
    out = tmp_path / "q3.html"
    said = sample_home.kring("report", "2024", "--period", "Q3", "--out", str(out))
    assert said.returncode == 0, said.stderr
    found = page(out)
    told = {n.key["period"] for n in found.numbers if n.table == "kpi.scorecard"}
    assert told == {"Q1", "Q2", "S1", "Q3", "YTD-Q3"}
    months = {n.key["period"] for n in found.numbers if n.table == "kpi.cells"} - told
    assert max(months) == "2024-09" and found.faults == []


def test_a_tree_without_perspectives_has_no_table_of_them(tmp_path: Path) -> None:
    home = StoryHome(tmp_path / "home")
    home.only_sources("calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))
    kept = {"nodes": ("organisation,", "objective_3,"), "weights": ("objective_3,",)}
    for table, begins in kept.items():
        path = home.root / "register" / f"{table}.csv"
        head, *lines = path.read_text().splitlines(keepends=True)
        path.write_text(head + "".join(line for line in lines if line.startswith(begins)))
    home.append_register("weights", "organisation,objective_3,2024-01-01,,1,Decree 12,false,")
    home.run("2024-04-02", publish=True)
    out = tmp_path / "q1.html"
    said = home.kring("report", "2024", "--period", "Q1", "--lang", "en", "--out", str(out))
    assert said.returncode == 0, said.stderr
    html = page(out).html
    assert "Scores by strategic objective" in html and "Scores by perspective" not in html
    assert "a perspective the mean of" not in html


def test_caps_and_bars_are_the_registers(tmp_path: Path, command: Command) -> None:
    home = StoryHome(tmp_path / "home")
    home.only_sources("calls")
    put_calls(home, "2024-01-05", called("A1", "2024-01-05"))

    def says(number: int) -> str:
        home.run("2024-04-02", publish=True)
        out = tmp_path / f"{number}.html"
        asked = ("--period", "Q1", "--lang", "en", "--out", str(out))
        assert command(home.root, "report", "2024", *asked).code == 0
        return page(out).html

    html = says(1)
    assert "capped to 0 to 120." in html and "The bar ends at 120;" in html
    home.edit_register("kpis", "maximise,pooled,0,120", "maximise,pooled,0,110")
    html = says(2)
    assert "capped to 0 to 110 or 0 to 120." in html and "The bar ends at 120;" in html
    home.edit_register("kpis", ",0,120,", ",0,110,")
    html = says(3)
    assert "capped to 0 to 110." in html and "The bar ends at 110;" in html
    assert "120.00 of 110" not in html and " of 110" in html


def test_what_cannot_be_reported_is_said(sample_home: TestHome) -> None:
    for arguments, code, word in (
        (("2031",), 1, "there is: 2024 Q1"),
        (("2024", "--lang", "fr"), 2, "is not one of 'en', 'id'"),
        (("2024", "--out", str(sample_home.root / "published/x.html")), 1, "never change"),
    ):
        said = sample_home.kring("report", *arguments)
        assert said.returncode == code
        assert word in " ".join(said.stderr.split()) and "Traceback" not in said.stderr
