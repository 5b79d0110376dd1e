"""Faults, group P, privacy: what other tests do not hold already.

docs/privacy.md says of each point which test holds it; the last test here looks that up.
"""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from documents import COMMANDS
from homes import ROOT, TestHome, call, calls_file

from schemas.contract import contract
from schemas.pseudonyms import Pseudonyms
from sql.run import literal, quoted

AS_OF = "2024-02-10"
PRIVACY = (ROOT / "docs/privacy.md").read_text()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A month run by the command, by a user whose files are open to all by default."""
    home = TestHome(
        tmp_path_factory.mktemp("security") / "home", last_month="2024-01", reports="id en"
    )
    home.only_sources("calls")
    path = home.root / "sources/calls.sql"
    text = path.read_text().replace("expects:     day", "expects:     none")
    path.write_text(re.sub(r"-- columns:.*", "-- columns: ignore", text))
    file = calls_file([call("A1"), call("A2", wait="25,0")])
    lines = [f"{line};{'Notes' if not n else 'rang twice'}" for n, line in
             enumerate(file.splitlines())]  # fmt: skip
    home.put("calls/calls_20240115.csv", "\n".join(lines) + "\n")
    traced = ["strace", "-f", "-qq", "-e", "trace=connect,sendto", "-o", str(connects(home))]
    command = [sys.executable, "-m", "pipelines.cli", "run", "--as-of", AS_OF]
    for before in (traced, []) if shutil.which("strace") else ([],):
        ran = subprocess.run(
            [*before, *command, "--home", str(home.root)],
            cwd=ROOT, umask=0, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        if "PTRACE_TRACEME" not in ran.stderr:
            break
        connects(home).unlink()  # tracing is not allowed here
    assert ran.returncode == 0 and "published" in ran.stdout, ran.stdout + ran.stderr
    return home


def connects(home: TestHome) -> Path:
    """The connections that the home's run opened, where that could be seen."""
    return home.root.parent / "connects"


def test_p1_one_person_is_one_pseudonym_and_equal_digits_are_not() -> None:
    keys = Pseudonyms(bytes(32))
    spellings = ("081234567890", "+62 812-3456-7890", "62 8123 456 7890", "0062812 34567890")
    assert len({keys.one(text, "phone") for text in spellings}) == 1
    assert keys.one("081234567890", "phone") != keys.one("081234567890", "tax_id")


def test_p2_the_key_is_kept_out_of_the_repository_and_of_a_deployments_code() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"data/key", "data/key.*"} <= set(ignored)


def test_p3_only_the_contracts_columns_are_kept(filled: TestHome) -> None:
    (chunk,) = (filled.root / "lake/raw").rglob("*.parquet")
    columns = {row[0] for row in duckdb.sql(f"describe from read_parquet('{chunk}')").fetchall()}
    kept = set(contract("calls").columns) | {"_row", "_rows", "_version", "file_id"}
    assert columns <= kept, columns - kept
    for path in (filled.root / "lake").rglob("*.parquet"):
        text = str(duckdb.sql(f"from read_parquet('{path}')").fetchall())
        assert "rang twice" not in text, path


def test_p5_a_persons_column_is_a_key_and_nothing_else(sample_home: TestHome) -> None:
    columns = sample_home.query(
        "select table_schema || '.' || table_name, column_name from information_schema.columns "
        "where table_schema in ('fact', 'metric', 'kpi') and data_type = 'VARCHAR'"
    )
    names = {name for _, name in columns}
    assert not names & {"agent", "respondent", "customer", "phone", "taxpayer_id", "name", "email"}
    keyed = [(table, name) for table, name in columns if name.endswith("_key")]
    assert len(keyed) >= 4
    for table, name in keyed:
        odd = f"select count(*) from {table} where not regexp_full_match({name}, '[0-9a-f]{{32}}')"
        if table != "fact.agent_activity":  # an agent without a name has the empty key there
            assert sample_home.value(odd) == 0, (table, name)


def test_p8_modes_do_not_depend_on_who_runs(filled: TestHome) -> None:
    """0700 and 0600 for what is private, 0750 and 0440 for what the group reads."""
    private, public = [filled.root / "key"], []
    for name in ("lake", "dagster"):
        private += [filled.root / name, *(filled.root / name).rglob("*")]
    for path in (filled.root / "published", *(filled.root / "published").rglob("*")):
        public += [] if path.is_symlink() else [path]
    shared = {(p.stat().st_dev, p.stat().st_ino) for p in public}
    open_ = [
        f"{path} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in private
        if path.stat().st_mode & 0o077 and (path.stat().st_dev, path.stat().st_ino) not in shared
    ]
    assert open_ == []
    assert {stat.S_IMODE(p.stat().st_mode) for p in public if p.is_file()} == {0o440}
    assert {stat.S_IMODE(p.stat().st_mode) for p in public if p.is_dir()} == {0o750}
    groups = {p.stat().st_gid for p in public}
    assert groups == {filled.root.stat().st_gid}


def test_p9_only_the_workbook_hands_out_cells() -> None:
    """Formula injection needs a CSV or a workbook; the one place that writes cells is tested for
    it (test_workbook.py), and the rest of the product is a database, parquet and pages."""
    written = re.compile(r"xlsxwriter|csv\.(?:writer|DictWriter)|write_csv|write_excel|format csv")
    code = [p for top in ("assets", "pipelines", "sql", "schemas") for p in (ROOT / top).rglob("*")]
    found = [
        str(path.relative_to(ROOT))
        for path in code
        if path.suffix in (".py", ".sql") and written.search(path.read_text())
    ]
    assert [path for path in found if not path.startswith("pipelines/sample/")] == [
        "assets/workbook/writing.py"
    ]


def test_p10_the_interface_listens_on_loopback_and_no_option_changes_it(filled: TestHome) -> None:
    options = {name for p in COMMANDS["ui"].params for name in p.opts}
    assert options == {"--home", "--port", "--part"}
    assert filled.kring("ui", "--host", "0.0.0.0").returncode == 2
    text = (ROOT / "pipelines/commands/installation.py").read_text()
    assert set(re.findall(r'"--host", "([^"]+)"', text)) == {"127.0.0.1"}


def test_p11_dagsters_telemetry_is_off(filled: TestHome) -> None:
    assert "telemetry: {enabled: false}" in (filled.root / "dagster/dagster.yaml").read_text()


def test_p11_a_run_opens_no_connection(filled: TestHome) -> None:
    """Seen at the kernel, so that no library can do it unseen."""
    if not connects(filled).exists():
        pytest.skip("needs strace, and a place where tracing is allowed")
    lines = connects(filled).read_text().splitlines()
    assert [line for line in lines if "AF_INET" in line] == []


HOSTILE = ("x'); drop table t; --", 'x"; drop table t; --', "%s {0} ${env}", "\u202e'\"")


@pytest.mark.parametrize("text", HOSTILE)
def test_p12_texts_and_names_pass_the_engine_as_they_are(text: str) -> None:
    with duckdb.connect() as con:
        con.execute("create table t (one integer)")
        assert con.execute(f"select {literal(text)}").fetchall() == [(text,)]
        con.execute(f"create table {quoted(text)} ({quoted(text)} text)")
        names = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    assert names == {"t", text}


def test_p17_every_requirement_is_locked_by_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    wanted = re.split(r"\n(?=\S)", lock.replace("\\\n", " ").strip())
    assert len(wanted) > 50
    assert [line[:60] for line in wanted if "--hash=sha256:" not in line] == []
    makefile = (ROOT / "Makefile").read_text()
    installs = [
        line for line in makefile.splitlines() if "requirements.lock" in line and "-r" in line
    ]
    assert installs and all("--require-hashes" in line for line in installs)


def test_each_point_of_the_list_names_tests_that_exist() -> None:
    rows = re.findall(r"^\| (P\d+) \|.*$", PRIVACY, re.MULTILINE)
    assert rows == [f"P{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 17, 19)]
    for line in re.findall(r"^\| P\d+ \|.*$", PRIVACY, re.MULTILINE):
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line)
        assert named, line
        for file, name in named:
            assert f"def {name}(" in (ROOT / file).read_text(), (file, name)
