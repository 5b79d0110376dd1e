"""No identifier of a person is anywhere but in landing: not in a figure, a log, or a message.

One home by hand, run by the command itself, whose exports hold identifiers where they belong
and where they do not: in a time, a duration, an amount, in a refused file, in a file that
nobody claims. Every file that kring wrote is searched for them, parquet and databases by value.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from commands import Command
from homes import TestHome, call, calls_file

AGENT = "KP-Siti-77319"
PHONE = "0812-7731-9942"
TAX_ID = "9977310042119001"
# As written, and what is left of each when only its digits are.
AS_OF = "2024-02-10"
SECRETS = (AGENT, AGENT.lower(), PHONE, "81277319942", TAX_ID)

ROGUE = """
-- title: Calls of another system, with a cast of the select's own
-- kind: calls
-- files: other/*.csv
-- format: csv
select _row, id as contact_id, '2024-01-15 10:00:00' as entered_at, 'abandoned' as outcome,
    cast(length as integer) as wait_seconds
from export
"""


@dataclass(frozen=True)
class Spoken:
    """The home, and all that its commands said."""

    home: TestHome
    said: str
    code: int


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    home = TestHome(
        tmp_path_factory.mktemp("privacy") / "home", last_month="2024-01", reports="id en"
    )
    home.only_sources("calls", "surveys", "outbound_cases", "outbound_attempts")
    for name in ("calls", "surveys", "outbound_cases", "outbound_attempts"):
        path = home.root / f"sources/{name}.sql"
        path.write_text(path.read_text().replace("0.5%", "60%"))
    home.source("rogue", ROGUE.lstrip())
    fill(home)
    said, code = "", -1
    for arguments in (
        ("run", "--json", "--as-of", AS_OF), ("run", "--as-of", AS_OF), ("status",), ("versions",),
    ):  # fmt: skip
        done = home.kring(*arguments)
        said += done.stdout + done.stderr
        code = done.returncode if code == -1 else code
    return Spoken(home, said, code)


def fill(home: TestHome) -> None:
    good = [call("A1", agent=AGENT), call("A2", agent=f" {AGENT.upper()} ")]
    bad = [call("A3", entered=PHONE, agent=AGENT), call("A4", wait=TAX_ID + "0" * 9, agent=PHONE)]
    home.put("calls/calls_20240115.csv", calls_file(good + bad))
    # refused whole: nothing in it can be read
    home.put("calls/calls_20240116.csv", calls_file([call("A5", entered=TAX_ID, agent=AGENT)] * 2))
    home.put(
        "outbound/cases_202401.csv",
        "case_no,taxpayer_id,campaign,list_date,issue_date,due_date,amount\n"
        f"C1,{TAX_ID},spt,2024-01-02,2024-01-01,2024-03-31,100000\n"
        f"C2,{TAX_ID},spt,2024-01-02,2024-01-01,2024-03-31,{PHONE}\n",
    )
    home.put(
        "outbound/attempts_202401.tsv",
        "attempt_no\tcase_no\tcall_time\tdisposition\tagent\tcampaign\ttalk_sec\n"
        f"T1\tC1\t2024-01-10 09:00:00\tRPC\t{AGENT}\tspt\t60\n"
        f"T2\tC1\t2024-01-11 09:00:00\t{PHONE}\t{AGENT}\tspt\t60\n",
    )
    survey = home.put("surveys/surveys_202401.xlsx", "")
    with xlsxwriter.Workbook(str(survey)) as book:
        sheet = book.add_worksheet("Responses")
        header = ("Response ID", "Service", "Submitted", "Score", "Scale", "Status", "Respondent",
                  "Contact ID")  # fmt: skip
        sheet.write_row(0, 0, header)
        answers = [("R1", "2024-01-15 10:00:00", PHONE), ("R2", "2024-01-16 10:00:00",
                   "+62 812 7731 9942"), ("R3", PHONE, PHONE)]  # fmt: skip
        for number, (response, at, phone) in enumerate(answers, start=1):
            row = (response, "Inbound", at, 5, 5, "Selesai", phone, "A1")
            sheet.write_row(number, 0, row)
    home.put("other/o1.csv", f"id,length\nX1,12\nX2,{PHONE}\n")
    home.put("notes/people.txt", f"{AGENT} {PHONE} {TAX_ID}\n")


def holds(path: Path) -> list[str]:
    """The secrets that a file holds: by value where it is packed, by its bytes in any case."""
    texts = [path.read_bytes().decode("latin-1")]
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            rows = connection.execute(f"from read_parquet('{path}')").fetchall()
        texts += [str(row) for row in rows]
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set TimeZone = 'Asia/Jakarta'")
            tables = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
            ).fetchall()
            assert len(tables) > 30
            for (table,) in tables:
                texts += [str(row) for row in connection.execute(f"from {table}").fetchall()]
    return [secret for secret in SECRETS if any(secret in text for text in texts)]


def test_the_search_finds_what_is_there(spoken: Spoken) -> None:
    """Or the tests below would prove nothing."""
    landing = spoken.home.root / "landing"
    assert holds(landing / "notes/people.txt") == [AGENT, PHONE, TAX_ID]
    packed = landing.parent / "packed.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select '{PHONE}' as x from range(9)) to '{packed}' (compression zstd)"
        )
    assert holds(packed) == [PHONE]
    packed.unlink()


@pytest.mark.parametrize("folder", ["lake", "published", "dagster"])
def test_no_file_holds_an_identifier(spoken: Spoken, folder: str) -> None:
    files = [p for p in sorted((spoken.home.root / folder).rglob("*")) if p.is_file()]
    assert len(files) > {"lake": 50, "published": 20, "dagster": 2}[folder]
    assert {str(p): found for p in files if (found := holds(p))} == {}


def test_no_message_holds_an_identifier(spoken: Spoken) -> None:
    for told in ("notes/people.txt", "sources/rogue.sql", "not_a_time entered_at"):
        assert told in spoken.said, spoken.said
    assert [secret for secret in SECRETS if secret in spoken.said] == []


def test_what_was_wrong_is_still_told(spoken: Spoken) -> None:
    """File, record, column and rule: enough to find the value at its source. Exit 3 says so."""
    assert spoken.code == 3
    assert spoken.home.query(
        'select path, file_row, "column", rule from ops.rejects join ops.files using (file_id) '
        "where status = 'loaded' order by all"
    ) == [
        ("calls/calls_20240115.csv", 3, "entered_at", "not_a_time"),
        ("calls/calls_20240115.csv", 4, "wait_seconds", "number_out_of_range"),
        ("outbound/attempts_202401.tsv", 2, "", "unknown_disposition"),
        ("outbound/cases_202401.csv", 2, "amount", "not_a_number"),
        ("surveys/surveys_202401.xlsx", 3, "responded_at", "not_a_time"),
    ]
    refused = spoken.home.query("select path, error from ops.files where status = 'refused'")
    assert [path for path, _ in sorted(refused)] == ["calls/calls_20240116.csv", "other/o1.csv"]


def test_one_person_is_one_pseudonym_however_written(
    spoken: Spoken, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`kring key` gives the holder of the key the same one."""
    command, root = Command(monkeypatch, capsys), spoken.home.root

    def key(*arguments: str) -> str:
        said = command(root, "key", *arguments)
        assert said.code == 0
        return said.out.strip()

    agent = spoken.home.query(
        "select agent_key from fact.contacts union select agent_key from fact.outbound_attempts"
    )
    assert agent == [(key(AGENT),)]
    respondent = spoken.home.query("select distinct respondent_key from fact.survey_responses")
    assert respondent == [(key(PHONE, "--as", "respondent"),)]
    customer = spoken.home.query("select distinct customer_key from fact.outbound_cases")
    assert customer == [(key("99.773.100.421-19.001", "--as", "customer"),)]
    assert len({agent[0], respondent[0], customer[0]}) == 3
    assert all(set(value) <= set("0123456789abcdef") for (value,) in agent)


def test_the_key_is_the_owners_alone(spoken: Spoken) -> None:
    key = spoken.home.root / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    content = key.read_bytes()
    for path in spoken.home.root.rglob("*"):
        if path.is_file() and path != key:
            data = path.read_bytes()
            assert content not in data and content.hex().encode() not in data, path
