"""Expected troubles at the command: a message that says what to do, and nothing spoilt.

Paths that cannot be written, what the disk has damaged, what is there beside real exports.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.arrivals.ledger import Ledger
from assets.code_version import code_version
from assets.database import of_any_age
from assets.home import HomeError

AS_OF = "2024-04-10"
RUN = ("run", "--as-of", AS_OF)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """One month of two calls, published; and a file that nobody claims."""
    root = tmp_path_factory.mktemp("troubles") / "home"
    home = TestHome.of_two_calls(root, last_month="2024-03")
    home.put("odd/report.csv", "a;b\n1;2\n")
    home.run(AS_OF)
    return home


# what cannot be written or read


@pytest.mark.parametrize(
    "line",
    [
        ("dictionary", "--html", "{missing}/x.html"),
        ("workbook", "2024", "--out", "{missing}/x.xlsx"),
        ("report", "2024", "--out", "{missing}/x.html"),
        ("init", "{file}/home"),
        ("service", "{file}/units"),
        ("backup", "{file}/safe"),
    ],
    ids=lambda line: line[0],
)
def test_a_place_that_cannot_be_written_is_named(
    filled: TestHome, command: Command, tmp_path: Path, line: tuple[str, ...]
) -> None:
    """`Command` fails at a traceback."""
    file = tmp_path / "file"
    file.write_text("in the way")
    given = [part.format(missing=tmp_path / "missing", file=file) for part in line]
    said = command(filled.root, *given)
    assert said.code == 1 and str(tmp_path) in said.err


@pytest.mark.parametrize(
    "line",
    [
        ("scorecard", "2024"), ("explain", "3a-N", "2024-Q1"), ("compare", "2024-01"),
        ("report", "2024"), ("workbook", "2024"), ("closings",), ("forget", "KP-0007"),
    ],
    ids=lambda line: line[0],
)  # fmt: skip
def test_a_damaged_database_is_named_with_what_to_do(
    place: TestHome, command: Command, line: tuple[str, ...]
) -> None:
    if line == ("closings",):  # which asks the database where something is closed
        assert command(place.root, "close", "2024-Q1", "--reason", "Signed").code == 0
    database = (place.root / "published/current").resolve() / "kring.duckdb"
    database.chmod(0o600)
    database.write_bytes(b"\0" * 4096)
    said = command(place.root, *line)
    assert said.code == 1
    assert "kring.duckdb" in said.err and "kring verify" in said.err and "rollback" in said.err


@pytest.mark.parametrize("name", ["history/runs.db", "history/runs/index.db"])
def test_damaged_books_of_dagster_are_named_with_what_to_do(place: TestHome, name: str) -> None:
    """The run ended in a traceback, and its report spoke of an unexpected error."""
    place.put("calls/calls_20240116.csv", calls_file([call("A3")]))
    books = place.root / "dagster" / name
    books.parent.mkdir(parents=True, exist_ok=True)
    books.write_text("garbage, and none of sqlite's")
    ran = place.kring(*RUN)
    remedy = f"move {place.root / 'dagster'} away, then give the same command again"
    assert ran.returncode == 1 and "Traceback" not in ran.stderr and remedy in ran.stderr
    assert remedy in json.loads((place.root / "published/status.json").read_text())["sentence"]
    books.parents[len(Path(name).parts) - 1].rename(place.root / "away")
    assert place.kring(*RUN).returncode == 3, "most days of March have no calls"
    assert place.value("select count(*) from fact.contacts") == 3


def test_a_home_copied_without_its_links_says_what_to_remove(
    filled: TestHome, tmp_path: Path
) -> None:
    copy = TestHome.at(Path(shutil.copytree(filled.root, tmp_path / "copy", symlinks=False)))
    copy.put("calls/calls_20240116.csv", calls_file([call("A3")]))
    ran = copy.kring(*RUN)
    current = copy.root / "published/current"
    assert ran.returncode == 1 and f"{current} is a folder where a link belongs" in ran.stderr
    shutil.rmtree(current)
    assert copy.kring(*RUN).returncode == 3
    assert copy.value("select count(*) from fact.contacts") == 3


def test_a_file_that_is_still_written_to_is_told(place: TestHome) -> None:
    place.put("calls/calls_20240117.csv", calls_file([call("A4")]))
    path = place.put("calls/calls_20240116.csv", calls_file([call("A3")]))
    done = threading.Event()

    def write() -> None:
        while not done.wait(0.05):
            with path.open("a") as file:
                file.write("\n")

    with ThreadPoolExecutor(1) as beside:
        beside.submit(write)
        try:
            said = place.kring(*RUN).stdout
        finally:
            done.set()
    assert ": 2 files read" in said, "that one, and the one that the copied home knows already"
    assert "warning calls/calls_20240116.csv was written to while the run worked and is not" in said
    assert place.kring(*RUN).returncode == 3
    assert place.value("select count(*) from fact.contacts") == 4


def test_a_landing_that_is_not_there_is_told(place: TestHome) -> None:
    """As where its disk is not mounted; an empty one is another's to empty."""
    shutil.rmtree(place.root / "landing")
    ran = place.kring(*RUN)
    assert ran.returncode == 3 and "landing is not there, so no export could be read" in ran.stdout
    (place.root / "landing").mkdir()
    assert place.kring(*RUN).returncode == 0


@pytest.mark.parametrize("day", ["0001-01-01", "2023-12-31", "9999-12-31"])
def test_a_day_outside_any_figure_is_wrong_usage(
    filled: TestHome, command: Command, day: str
) -> None:
    said = command(filled.root, "status", "--as-of", day)
    assert said.code == 2 and "first_month" in said.text


def test_a_record_that_goes_while_records_are_read_is_passed_over(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run replaces a renamed file's record while `status` lists them."""
    (record,) = (place.root / "lake/ledger/calls").glob("*.json")
    gone = record.with_name("0-gone.json")
    shutil.copy(record, gone)
    glob = Path.glob

    def listed(self: Path, pattern: str) -> list[Path]:
        found = list(glob(self, pattern))
        gone.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "glob", listed)
    assert len(Ledger(place.home).deliveries()) == 1


def test_a_port_that_another_homes_interface_has_is_told(
    filled: TestHome, command: Command
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for part in ((), ("--part", "web")):
            said = command(filled.root, "ui", "--port", port, *part)
            assert said.code == 1 and f"port {port} of this machine cannot be had" in said.text


# the sample and real exports are never mixed


def test_exports_that_wait_in_landing_are_never_marked_as_synthetic(
    command: Command, tmp_path: Path
) -> None:
    home = TestHome(tmp_path / "home")
    home.put("calls/calls_20240115.csv", calls_file([call("A1")]))
    said = command(home.root, "sample", "--scale", "0.02")
    assert said.code == 1 and "real exports" in said.err
    assert not (home.root / "sample.json").exists()


def test_a_year_that_no_calendar_has_spoils_no_home(command: Command, tmp_path: Path) -> None:
    home = TestHome(tmp_path / "home")
    assert command(home.root, "sample", "--year", "99999").code == 2
    assert command(home.root, "status").code in (0, 3)


def test_a_damaged_mark_is_named(filled: TestHome, command: Command, tmp_path: Path) -> None:
    home = filled.copied(tmp_path / "home")
    (home.root / "sample.json").write_text('{"synthetic": tr')
    said = command(home.root, "status")
    assert said.code == 1 and "sample.json" in said.err and "backup" in said.err


# settings that decide


def test_a_limit_of_the_settings_refuses_a_larger_file(place: TestHome) -> None:
    """Two megabytes against one."""
    text = (place.root / "kring.toml").read_text()
    (place.root / "kring.toml").write_text(text.replace("[ingest]", "[ingest]\nmax_file_mb = 1"))
    rows = [call(f"B{n}") for n in range(25_000)]
    place.put("calls/calls_20240116.csv", calls_file(rows))
    ran = place.kring("run", "--as-of", AS_OF, "--json")
    assert ran.returncode == 3
    texts = [each["text"] for each in json.loads(ran.stdout)["findings"]]
    assert any("calls_20240116.csv" in text and "limit is 1 MB" in text for text in texts)


@pytest.mark.parametrize(
    ("query", "code", "expected"),
    [("select nothing from ref.kpis", "older", HomeError),
     ("from kpi.nothing", "older", HomeError),
     ("select nothing from ref.kpis", "this", duckdb.BinderException),
     ("select kpi_id, code from ref.kpis group by kpi_id", "older", duckdb.BinderException)],
)  # fmt: skip
def test_an_older_kring_is_named_only_where_its_version_lacks_something(
    filled: TestHome, query: str, code: str, expected: type[Exception]
) -> None:
    database = filled.root / "published/current/kring.duckdb"
    with (
        duckdb.connect(str(database), read_only=True) as con,
        pytest.raises(expected),
        of_any_age({"code": {"this": code_version()}.get(code, code)}),
    ):
        con.execute(query)


def test_of_many_findings_of_a_kind_the_first_are_printed(
    place: TestHome, command: Command
) -> None:
    """As of a day before their rows all of a year's daily files are refused: a line each was told.
    Eleven more lie there than the one that nobody claims; ten lines are printed of a kind."""
    for number in range(11):
        place.put(f"odd/more{number:02}.csv", "a;b\n1;2\n")
    said = command(place.root, "status", "--as-of", AS_OF)
    lines = [line for line in said.out.splitlines() if line.startswith("unclaimed")]
    assert lines[9].startswith("unclaimed odd/more09.csv: no source claims it")
    assert lines[10:] == ["unclaimed and 2 more; kring status --json lists all of them"]
    listed = command(place.root, "status", "--as-of", AS_OF, "--json").json["findings"]
    assert sum(each["about"] == "unclaimed" for each in listed) == 12
