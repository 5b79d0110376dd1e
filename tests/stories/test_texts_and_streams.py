"""Texts and streams at the command: shown as they are, obeyed by no terminal, and heard or not.

A name or reason that looks like markup is that name; a closed stream changes no exit code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from commands import Command
from homes import ROOT, TestHome

AS_OF = "2024-04-10"
ODD = "odd/report [final] [/bold].csv"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """One month of two calls, published; and a file that nobody claims, oddly named."""
    root = tmp_path_factory.mktemp("texts") / "home"
    home = TestHome.of_two_calls(root, last_month="2024-03")
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


def test_whatever_a_reason_is_typed_as_it_is_kept_and_the_next_run_publishes(
    place: TestHome, command: Command
) -> None:
    """Ends of lines that are none to a terminal, and bytes that are no UTF-8."""
    typed, kept = "pasted\u2028from\x85a caf\udce9", "pasted\u2028from\x85a caf\\xe9"
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
