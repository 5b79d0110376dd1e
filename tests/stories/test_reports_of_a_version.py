"""A version's performance reports: the languages asked for, the office's own words, what fails.

What stands on their pages is `test_performance_report`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import TestHome, call, calls_file
from pages import Page, page

from assets import settings
from assets.record.versions import current, verify
from assets.settings import HomeError


@pytest.fixture
def small(tmp_path: Path) -> TestHome:
    """Two calls of one day of January, seen from February: no month is complete."""
    home = TestHome(tmp_path / "home", last_month="2024-01", reports="id en")
    home.put("calls/calls_202401.csv", calls_file([call("1"), call("2", wait="30,000")]))
    return home


def test_the_offices_words_are_taken_in_and_make_a_new_version(small: TestHome) -> None:
    """At first what should be a text is a folder: no run stops for it, and the page says so."""
    text = small.root / "report/2024/service_level.id.md"
    text.mkdir(parents=True)
    first = small.run("2024-02-05").version
    assert first is not None
    check_what_an_incomplete_month_prints(page(first.path / "report.2024.en.html"))
    assert "report/2024/service_level.id.md" in (first.path / "report.2024.id.html").read_text()
    text.rmdir()
    text.write_text("Antrean **panjang** <script>x</script> ![](http://x/y.png)\n\n- satu\n- dua\n")
    second = small.run("2024-02-05").version
    assert second is not None and second.id != first.id
    found = page(second.path / "report.2024.id.html")
    assert "Antrean <strong>panjang</strong> &lt;script&gt;" in found.html
    assert "<li>satu</li>" in found.html and found.faults == []
    assert {tag for tag, *_ in found.attributes} & {"img", "script"} == set()
    assert "Indonesian only" in (second.path / "report.2024.en.html").read_text()
    assert verify(second) == []


def check_what_an_incomplete_month_prints(found: Page) -> None:
    """No figure but a dash, with the state in words; nothing about a sample."""
    january = [
        number.printed
        for number in found.numbers
        if number.column == "value"
        and number.key.get("metric_id") == "service_level"
        and number.key.get("period") == "2024-01"
    ]
    # phone and chat
    assert january == ["\u2013", "\u2013"] and found.faults == []
    assert "incomplete" in found.html and "SYNTHETIC SAMPLE DATA" not in found.html


def test_a_version_has_reports_in_the_languages_asked_for(small: TestHome) -> None:
    given = small.root / "kring.toml"
    both = given.read_text()
    given.write_text(both.replace('"id en"', '"en"'))
    small.run("2024-02-05")
    folder = small.root / "published" / "current"
    assert [path.name for path in folder.glob("report.*")] == ["report.2024.en.html"]
    # another choice is another content, and none costs nothing
    given.write_text(both.replace('"id en"', '"none"'))
    small.run("2024-02-05")
    assert list(folder.glob("report.*")) == []
    given.write_text(both.replace('"id en"', '"nl"'))
    with pytest.raises(HomeError, match=r"published\.reports must be of id, en"):
        _ = small.home


def test_a_report_that_cannot_be_made_stops_no_version(
    small: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A language nobody has words for fails on its second page; the first is taken back."""
    monkeypatch.setattr(settings, "LANGUAGES", ("id", "xx"))
    given = small.root / "kring.toml"
    given.write_text(given.read_text().replace('"id en"', '"id xx"'))
    ran = small.run("2024-02-05")
    version = current(small.home)
    assert version is not None and verify(version) == []
    assert list(version.path.glob("report.*")) == []
    said = [finding.text for finding in ran.findings if "performance report" in finding.text]
    assert said == ["performance report: KeyError; kring report YEAR shows where"]
    assert small.value("select count(*) from fact.contacts") == 2
