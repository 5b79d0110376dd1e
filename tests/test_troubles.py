"""Expected troubles at the command: a message that says what to do, and nothing spoilt.

Names that look like a terminal's markup, paths that cannot be written, what the disk has damaged.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from commands import Command
from homes import ROOT, TestHome, call, calls_file

from assets.arrivals.ledger import Ledger
from assets.code_version import code_version
from assets.database import of_any_age
from assets.home import HomeError

AS_OF = "2024-04-10"
ODD = "odd/report [final] [/bold].csv"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """One month of two calls, published; and a file that nobody claims, oddly named."""
    home = TestHome(tmp_path_factory.mktemp("troubles") / "home", last_month="2024-03")
    home.only_sources("calls")
    home.expecting("none", "calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1"), call("A2", wait="25,0")]))
    home.put(ODD, "a;b\n1;2\n")
    home.run(AS_OF)
    return home


# texts are texts


def test_a_name_that_looks_like_markup_is_that_name(filled: TestHome, command: Command) -> None:
    said = command(filled.root, "status", "--as-of", AS_OF)
    assert said.code == 0 and ODD in said.text


def test_a_run_says_it_too_and_ends_as_promised(filled: TestHome) -> None:
    ran = filled.kring("run", "--as-of", AS_OF)
    assert ran.returncode == 3 and ODD in " ".join(ran.stdout.split())
    assert "Traceback" not in ran.stderr


def test_a_name_that_a_terminal_would_obey_is_shown(place: TestHome, command: Command) -> None:
    place.put("odd/\x1b[31mred\n \u202egnp.csv", "x")
    said = command(place.root, "status", "--as-of", AS_OF)
    assert "unclaimed odd/\\x1b[31mred\\n \\u202egnp.csv:" in said.text


def test_a_reason_that_a_terminal_would_obey_is_kept_and_shown(
    place: TestHome, command: Command
) -> None:
    reason = "late\x1b[2J\u202egnp"
    assert command(place.root, "close", "2024-Q1", "--reason", reason, "--by", reason).code == 0
    said = command(place.root, "closings")
    assert said.code == 0 and said.text.count("late\\x1b[2J\\u202egnp") == 2
    assert "\x1b" not in said.out and "\u202e" not in said.out


def test_a_reason_that_looks_like_markup_is_kept_and_shown(
    place: TestHome, command: Command
) -> None:
    reason = "see [/ref] 12 [bold]"
    assert command(place.root, "close", "2024-Q1", "--reason", reason).code == 0
    said = command(place.root, "closings")
    assert said.code == 0 and reason in said.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("pasted\u2028from\x85a page", "pasted\u2028from\x85a page"), ("caf\udce9", "caf\\xe9")],
    ids=["other ends of lines", "no UTF-8"],
)
def test_whatever_a_reason_is_typed_as_it_is_kept_and_the_next_run_publishes(
    place: TestHome, command: Command, typed: str, kept: str
) -> None:
    assert command(place.root, "close", "2024-Q1", "--reason", typed, "--by", typed).code == 0
    (closed,) = command(place.root, "closings", "--json").json["log"]
    assert (closed["reason"], closed["decided_by"]) == (kept, kept)
    assert command(place.root, "rotate-key", "--reason", typed).code == 0
    path = "calls/calls_20240115.csv"
    assert command(place.root, "withdraw", path, "--reason", typed).code == 0
    ran = place.kring("run", "--as-of", AS_OF)
    assert ran.returncode == 3 and "published" in ran.stdout
    assert place.query(
        "select reason from ops.decisions union select reason from ops.key_changes"
    ) == [(kept,)]


def test_a_mistake_in_a_select_is_told_by_its_line(place: TestHome, command: Command) -> None:
    select = (
        'select _row, id as contact_id, "at" as entered_at,\n  oucome(x) as outcome from export'
    )
    keys = "-- title: T\n-- kind: calls\n-- files: mine/*.csv\n-- format: csv\n"
    place.source("mine", f"{keys}\n-- A remark\n{select}\n")
    place.put("mine/a.csv", "id,at,x\n1,2024-01-15 08:00,2\n")
    place.run(AS_OF)
    told = (
        "refused mine/a.csv: sources/mine.sql line 8, `oucome(x) as outcome from export`: "
        "Scalar Function with name oucome does not exist!"
    )
    assert told in command(place.root, "status", "--as-of", AS_OF).text
    assert told in " ".join(place.kring("run", "--as-of", AS_OF).stdout.split())


# streams as they come

RUN = ("run", "--as-of", AS_OF)


def spoken(place: TestHome, line: tuple[str, ...], shell: str, **env: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a process of its own whose streams a shell prepares."""
    command = f'"{sys.executable}" -m pipelines.cli {" ".join(line)} {shell}'
    ran = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, check=False,
        env={**os.environ, "KRING_HOME": str(place.root), **env},
    )  # fmt: skip
    out, err = ran.stdout.decode(), ran.stderr.decode()
    assert "Traceback" not in err and "Exception" not in err, err
    return ran.returncode, out, err


FULL = "kring: what it did could not be printed (No space left on device); published/status.json"


@pytest.mark.parametrize("line", [RUN, (*RUN, "--json")], ids=["words", "json"])
@pytest.mark.parametrize(
    ("shell", "told"), [(">/dev/full", FULL), ("| true; exit ${PIPESTATUS[0]}", "")]
)
def test_a_run_that_nobody_hears_ends_as_it_ended(
    filled: TestHome, line: tuple[str, ...], shell: str, told: str
) -> None:
    code, _, err = spoken(filled, line, shell)
    assert code == 3 and err.startswith(told) and bool(err) == bool(told)


@pytest.mark.parametrize(
    ("line", "code"),
    [(("status",), 0), (("status", "--json"), 0), (("forget", "KP-0001"), 3)],
    ids=["words", "json", "its code"],
)
def test_who_has_heard_enough_changes_no_exit_code(
    filled: TestHome, line: tuple[str, ...], code: int
) -> None:
    assert spoken(filled, line, "| true; exit ${PIPESTATUS[0]}") == (code, "", "")


def test_streams_that_are_closed_trouble_no_command(filled: TestHome) -> None:
    assert spoken(filled, RUN, ">&-") == (3, "", "")
    assert spoken(filled, ("status",), "<&- >&- 2>&-") == (0, "", "")


def test_what_the_terminal_cannot_show_is_escaped_and_json_stays_json(place: TestHome) -> None:
    """A terminal that knows ASCII alone; and a name of bytes that are no UTF-8."""
    place.put(os.fsdecode(b"calls/calls_\xff.csv"), "x")
    place.put("odd/panggilan é.csv", "x")
    code, out, _ = spoken(place, RUN, "", PYTHONIOENCODING="utf-8:strict")
    assert code == 3 and "refused calls/calls_\\xff.csv:" in out, "the other files are published"
    assert place.value("select path from ops.files where error like 'calls%'") == (
        "calls/calls_\\xff.csv"
    )
    assert "calls_\\\\xff.csv" in (place.root / "published/status.json").read_text()
    code, out, _ = spoken(place, ("status", "--as-of", AS_OF), "", PYTHONIOENCODING="ascii")
    assert code == 0 and "odd/panggilan \\xe9.csv" in out
    _, out, _ = spoken(place, ("status", "--as-of", AS_OF, "--json"), "", PYTHONIOENCODING="ascii")
    assert "odd/panggilan é.csv" in json.loads(out)["unclaimed"]


def test_a_width_of_nothing_is_no_width(filled: TestHome) -> None:
    assert "Months" in spoken(filled, ("status", "--as-of", AS_OF), "", COLUMNS="0")[1]


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
