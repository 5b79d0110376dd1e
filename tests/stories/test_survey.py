"""Facts that rest on other months, brought up to date by what came, are as if made all at once.

Few cases in many files, so that attempts, payments and corrections meet cases of other months;
after each delivery the files of every month are compared, to the byte, with those of a survey
that knows nothing of before.
"""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import pytest
from homes import TestHome
from storyhome import OUTBOUND, StoryHome

from assets.building import survey
from assets.building.plan import Plan
from assets.building.survey import survey_spans
from assets.home import Home, HomeError
from assets.intake.ingest import ingest

AS_OF = date(2024, 6, 20)
MONTHS = ("2024-02", "2024-03", "2024-04", "2024-05")


def drawn(draw: random.Random, kind: str) -> str:
    """One export row; its number is one of few, so that it may correct a row of another case."""
    case, day = f"K{draw.randrange(8)}", f"{draw.choice(MONTHS)}-{draw.randrange(1, 29):02d}"
    if kind == "attempts":
        result = draw.choice(["RPC", "NA", "BUSY"])
        return f"T{draw.randrange(30)}\t{case}\t{day} 10:00:00\t{result}\tA1\tspt\t30"
    if kind == "payments":
        known = f"{day} 12:00:00" if draw.random() < 0.5 else ""
        return f"P{draw.randrange(9)},{case},{day} 09:00:00,{known},500"
    return f"{case},{draw.randrange(10**6)},spt,{day},{day},2024-06-30,{draw.randrange(900)}"


HEADERS = {
    "attempts": "attempt_no\tcase_no\tcall_time\tdisposition\tagent\tcampaign\ttalk_sec",
    "payments": "payment_no,case_no,paid_at,known_at,amount",
    "cases": "case_no,taxpayer_id,campaign,list_date,issue_date,due_date,amount",
}


def delivered(home: TestHome, draw: random.Random, number: int) -> None:
    """One export of a kind, of rows of any month, no number twice in it."""
    kind = draw.choice(list(HEADERS))
    rows = {row.split(",")[0].split("\t")[0]: row
            for row in (drawn(draw, kind) for _ in range(draw.randrange(1, 5)))}  # fmt: skip
    ending = "tsv" if kind == "attempts" else "csv"
    text = "\n".join([HEADERS[kind], *rows.values()]) + "\n"
    home.put(f"outbound/{kind}_2024{number:02d}.{ending}", text)
    ingest(Home.open(home.root), AS_OF)


def surveyed(home: TestHome) -> dict[str, bytes]:
    """The record and the files of the outbound cases, brought up to date."""
    survey_spans(Plan(Home.open(home.root), AS_OF))
    folder = home.root / "lake/spans"
    files = {path.name: path.read_bytes() for path in (folder / "outbound_cases").glob("*")}
    return {**files, "record": (folder / "outbound_cases.json").read_bytes()}


def surveyed_anew(home: TestHome) -> dict[str, bytes]:
    shutil.rmtree(home.root / "lake/spans")
    return surveyed(home)


def named(answer: dict[str, bytes]) -> dict[str, bytes]:
    """The record and the files that it names: what it named before is swept later."""
    return {name: data for name, data in answer.items() if name.encode() in answer["record"]} | {
        "record": answer["record"]
    }


@pytest.fixture
def home(tmp_path: Path) -> StoryHome:
    home = StoryHome(tmp_path, first_month="2024-01")
    home.only_sources(*OUTBOUND)
    for name in OUTBOUND:  # a file may hold rows of any month
        path = home.root / "sources" / f"{name}.sql"
        path.write_text(path.read_text().replace("covers:      filename %Y%m", "covers: dates"))
    return home


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("part_rows", [1_000_000, 7], ids=["at once", "in parts"])
def test_file_by_file_is_as_all_at_once(
    home: StoryHome, seed: int, part_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "_PART_ROWS", part_rows)
    draw, step_by_step = random.Random(seed), {"record": b""}
    for number in range(1, 9):
        delivered(home, draw, number)
        step_by_step = named(surveyed(home))
        kept = home.root / "kept"
        shutil.copytree(home.root / "lake/spans", kept)
        assert step_by_step == surveyed_anew(home)
        shutil.rmtree(home.root / "lake/spans")
        kept.rename(home.root / "lake/spans")  # go on from what was brought up to date
    assert len(step_by_step) > 2  # several months had cases


def test_a_month_that_nothing_names_keeps_its_file(home: StoryHome) -> None:
    """Surveyed anew every file would be another one, whatever its bytes."""
    (home.root / "landing/outbound").mkdir(parents=True)
    first = (
        "T1\tK1\t2024-03-01 10:00:00\tNA\tA1\tspt\t30\nT2\tK2\t2024-04-01 10:00:00\tNA\tA1\tspt\t30"
    )
    home.put("outbound/attempts_202401.tsv", f"{HEADERS['attempts']}\n{first}\n")
    ingest(Home.open(home.root), AS_OF)
    surveyed(home)
    folder = home.root / "lake/spans/outbound_cases"
    before = {path.name[:7]: path.stat().st_ino for path in folder.glob("*")}
    home.put("outbound/payments_202401.csv",
             f"{HEADERS['payments']}\nP1,K1,2024-05-02 09:00:00,,500\n")  # fmt: skip
    home.run(AS_OF)
    after = {path.name[:7]: path.stat().st_ino for path in folder.glob("*")}
    assert before.keys() == after.keys() == {"2024-03", "2024-04"}
    assert before["2024-04"] == after["2024-04"] and before["2024-03"] != after["2024-03"]


def test_a_withdrawn_file_takes_its_cases_with_it(home: StoryHome) -> None:
    draw = random.Random(3)
    for number in range(1, 7):
        delivered(home, draw, number)
        surveyed(home)
    path = next((home.root / "landing/outbound").glob("attempts_*"))
    name = str(path.relative_to(home.root / "landing"))
    assert home.kring("withdraw", name, "--reason", "a test").returncode == 0
    ingest(Home.open(home.root), AS_OF)
    assert named(surveyed(home)) == named(surveyed_anew(home))


def test_a_rotten_file_is_told_and_made_anew(home: StoryHome) -> None:
    delivered(home, random.Random(1), 1)
    home.put("outbound/attempts_202403.tsv",
             f"{HEADERS['attempts']}\nT1\tK1\t2024-03-01 10:00:00\tNA\tA1\tspt\t30\n")  # fmt: skip
    home.run(AS_OF)
    sound = surveyed(home)
    rotten = next((home.root / "lake/spans/outbound_cases").glob("2024-03*"))
    rotten.write_bytes(b"rotten" + rotten.read_bytes()[6:])
    for output in (home.root / "lake/outputs/fact.outbound_cases").glob("2024-03*"):
        output.unlink()
    with pytest.raises(HomeError, match=rf"{rotten.name} is damaged; it is dropped"):
        home.run(AS_OF)
    home.run(AS_OF)
    assert surveyed(home) == sound
