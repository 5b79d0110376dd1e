"""The README keeps what it promises: every query prints what it shows, every command is one.

Queries and cheap commands are tried on the sample home; the others are parsed as the command
parses them. Paths and names are looked up in all documents.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import duckdb
import pytest
from documents import COMMAND, COMMANDS, DOCUMENTS, answered_queries, blocks, recipes, shell_lines
from homes import ROOT, TestHome

CHEAP = ("status", "scorecard", "explain", "compare", "versions", "verify")
README = DOCUMENTS["README.md"]
CHEAP_LINES = [x for x in shell_lines() if x.split()[1] in CHEAP and "--home" not in x]
QUERIES = answered_queries("README.md")
LINES = shell_lines()


def cells(box: str) -> list[list[str]]:
    """The rows of a table as DuckDB draws it; names and types come first."""
    rows = [line.strip("│").split("│") for line in box.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row] for row in rows]


def shown(cell: Any) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def test_at_least_five_queries_and_each_with_its_output() -> None:
    assert len(QUERIES) == len(blocks("README.md", "sql")) >= 5


@pytest.mark.parametrize(("sql", "printed"), QUERIES, ids=range(1, len(QUERIES) + 1))
def test_queries_print_what_the_readme_shows(sample_home: TestHome, sql: str, printed: str) -> None:
    """What is shown is the same at every scale of the sample, so also at this small one."""
    sql = sql.replace("data/published", f"{sample_home.root}/published")
    path = sample_home.root / "published/current/kring.duckdb"
    with duckdb.connect(str(path), read_only=True) as shell:
        found = shell.sql(sql.rstrip().rstrip(";"))
        names, types, *rows = cells(printed)
        assert found.columns == names
        assert [str(kind).lower() for kind in found.types] == [
            {"int64": "bigint", "int32": "integer"}.get(kind, kind) for kind in types
        ]
        assert [[shown(cell) for cell in row] for row in found.fetchall()] == rows


def test_the_lines_that_open_the_database_open_it_read_only(sample_home: TestHome) -> None:
    (code,) = blocks("README.md", "python")
    names: dict[str, Any] = {}
    exec(code.replace("data/published", f"{sample_home.root}/published"), names)
    with pytest.raises(duckdb.Error, match="read-only"):
        names["con"].execute("create table mine (one integer)")
    names["con"].close()
    (line,) = [line for line in LINES if line.startswith("duckdb")]
    _, flag, path = line.split()
    assert flag == "-readonly"
    assert (sample_home.root / Path(path).relative_to("data")).is_file()


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("kring ")])
def test_commands_are_understood(line: str) -> None:
    """An unknown command, option or value is an error here as it is there."""
    _, name, *arguments = shlex.split(line)
    COMMANDS[name].make_context(name, arguments)


@pytest.mark.parametrize("line", CHEAP_LINES)
def test_cheap_commands_answer(sample_home: TestHome, line: str) -> None:
    said = sample_home.kring(*shlex.split(line)[1:])
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_run_as_of_a_day_of_the_past_and_one_as_of_today_again(
    sample_home: TestHome, tmp_path: Path
) -> None:
    """What had not begun is gone, each number with its cause, and comes back as it was."""
    home = sample_home.copied(tmp_path / "home")
    scorecard = "select * from kpi.scorecard order by all"
    before = home.query(scorecard)
    (line,) = [line for line in LINES if "run --as-of" in line]
    ran = home.kring(*shlex.split(line)[1:])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert home.query("select distinct status from kpi.scorecard where period = 'Q4'") == []
    ran = home.kring("run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert home.query(scorecard) == before
    assert home.value("select count(*) from ops.restatements where cause is null") == 0


def test_every_command_option_and_exit_code_is_told() -> None:
    assert set(re.findall(r"`kring ([a-z][a-z-]*)", README)) == set(COMMANDS)
    codes = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert sorted(codes, key=int) == ["0", "1", "2", "3", "75", "130"]
    named = set(re.findall(r"`(--[a-z-]+)", README))
    commands = (COMMAND, *COMMANDS.values())
    known = {name for command in commands for p in command.params for name in p.opts}
    assert named - known == {"--help"}


def test_every_state_is_told(sample_home: TestHome) -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", README, re.MULTILINE))
    comment = sample_home.value(
        "select comment from duckdb_columns() where schema_name = 'metric' "
        "and table_name = 'monthly' and column_name = 'status'"
    )
    assert told == set(re.findall(r"[a-z_]+", comment)) & told
    assert len(told) == 7


def test_make_knows_what_the_documents_name() -> None:
    named = {line.split()[1] for line in LINES if line.startswith("make ")}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets
    assert {"run", "test", "check"} <= named


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_named_exist(name: str) -> None:
    folders = "assets|pipelines|schemas|sql|tests|docs"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", DOCUMENTS[name])
    made = {path for path, *_ in recipes()}
    assert [path for path in named if path not in made and not (ROOT / path).exists()] == []


def test_every_name_of_the_glossary_exists() -> None:
    places = ("sql/**/*.sql", "schemas/*.*", "data/register/*.csv", "assets/periods.py",
              "assets/home.py", "assets/settings.py", "assets/arrivals/sources.py")  # fmt: skip
    files = [path for place in places for path in ROOT.glob(place)]
    known = {path.stem for path in files}
    for path in files:
        text = path.read_text(encoding="utf-8")
        known |= {*re.findall(r"[\w-]+", text), *re.findall(r'"(?:\w+/)*(\w+\.\w+)"', text)}
    rows = [line.split("|") for line in DOCUMENTS["GLOSSARY.md"].splitlines() if line[:1] == "|"]
    terms = [row for row in rows if row[3].strip() not in ("in kring", "---")]
    assert len(terms) > 60
    assert [row[1] for row in terms if "`" not in row[3]] == []
    named = {name for row in terms for name in re.findall(r"`([^`]+)`", row[3])}
    assert named - known == set()
