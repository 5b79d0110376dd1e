"""What withdrawing, giving back and counting mean for a content that came under several names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.arrivals.ledger import Ledger
from assets.home import HomeError
from assets.intake.withdrawal import restore, withdraw
from assets.keeping import erasure

AS_OF = "2024-05-10"
EMPTY = "complaint_no,received_at,category,to_follow_up,due_at,followed_up_at,channel\n"


def name(month: int) -> str:
    return f"complaints/complaints_2024{month:02}.csv"


def proven(home: TestHome) -> list[str]:
    """The months of which the exports say all, after a run."""
    home.run(AS_OF)
    complete = "select strftime(month, '%m') from ops.coverage where state = 'complete'"
    return [month for (month,) in home.query(f"{complete} order by month")]


@pytest.fixture
def home(tmp_path: Path) -> TestHome:
    home = TestHome(tmp_path / "home", last_month="2024-04")
    home.only_sources("complaints")
    return home


def test_a_count_beside_a_repeated_content_is_held_against_it(home: TestHome) -> None:
    """An empty export of a month that had five, like the one before, passed for a month of none."""
    for month in (1, 2):
        home.put(name(month), EMPTY)
    home.put(f"{name(2)}.done", "5\n")
    assert proven(home) == ["01"]
    told = [f.text for f in home.run(AS_OF).findings if f.about == "refused"]
    assert told == [f"{name(2)}: expected 5 records, got 0"]
    home.put(f"{name(2)}.done", "0\n")
    assert proven(home) == ["01", "02"]
    # one that came without a count takes none of another name either
    home.put(f"{name(2)}.done", "7\n")
    assert proven(home) == ["01"]


def test_a_name_refused_for_its_count_says_nothing_of_other_names(home: TestHome) -> None:
    """Withdrawn, it took every later month without complaints with it, as that came."""
    home.put(name(1), EMPTY)
    home.put(f"{name(1)}.done", "5\n")
    home.run(AS_OF)
    withdraw(home.home, name(1), "the export failed")
    for month in (2, 3, 4):
        home.put(name(month), EMPTY)
    assert proven(home) == ["02", "03", "04"]
    withdraw(home.home, name(3), "the export failed")
    assert proven(home) == ["02", "04"]
    # nor is it taken for one of none where it is gone when it is given back
    (home.root / "landing" / name(1)).unlink()
    with pytest.raises(HomeError, match="put it back"):
        restore(home.home, name(1))
    assert proven(home) == ["02", "04"]


def test_a_slip_of_the_hand_twice_leaves_the_other_names_alone(home: TestHome) -> None:
    for month in (1, 2, 3):
        home.put(name(month), EMPTY)
    home.run(AS_OF)
    withdraw(home.home, name(1), "the export failed")
    restore(home.home, name(1))
    withdraw(home.home, name(1), "after all")
    withdraw(home.home, name(2), "this as well")
    assert proven(home) == ["03"]
    (home.root / "landing" / name(1)).unlink()
    restore(home.home, name(1))
    assert proven(home) == ["01", "03"]


def test_what_stands_is_no_word_of_the_reason(home: TestHome, command: Command) -> None:
    """An export without rows, withdrawn for a reason that begins as an erasure's, stayed out."""
    home.put(name(1), EMPTY)
    assert proven(home) == ["01"]
    withdraw(home.home, name(1), "taken out on request of the vendor")
    assert proven(home) == []
    said = command(home.root, "withdraw", name(1), "--undo")
    assert said.code == 0, said.err
    assert proven(home) == ["01"]


def test_what_an_earlier_kring_gave_back_is_refused_by_nobody(
    home: TestHome, command: Command
) -> None:
    """Its record says so by having no rules; one that nobody decided about it reads as well."""
    home.put(name(1), EMPTY)
    assert proven(home) == ["01"]
    (record,) = home.home.ledger.glob("complaints/*.json")
    assert "standing" not in json.loads(record.read_text())
    withdraw(home.home, name(1), "the export failed")
    restore(home.home, name(1))
    former = json.loads(record.read_text())
    assert former.pop("standing") == "given_back"
    record.write_text(json.dumps({**former, "rules": "", "seal": None}))
    told = command(home.root, "status", "--json").json
    assert (told["files"]["complaints"], told["pending"]) == (
        {}, [f"{name(1)} (its withdrawal was taken back)"]
    )  # fmt: skip
    assert proven(home) == ["01"]


def test_an_export_of_which_the_source_takes_nothing_is_withdrawn_by_its_name(
    home: TestHome,
) -> None:
    """A line that says that there was none is no record, and the same in every month."""
    home.edit_source("complaints", "from export", "from export where complaint_no <> 'no data'")
    for month in (1, 2, 3):
        home.put(name(month), f"{EMPTY}no data,,,,,,\n")
    assert proven(home) == ["01", "02", "03"]
    withdraw(home.home, name(1), "the export failed")
    home.put(name(4), f"{EMPTY}no data,,,,,,\n")
    assert proven(home) == ["02", "03", "04"]
    read = home.query("select sum(rows), sum(filtered) from ops.files where status = 'loaded'")
    assert read == [(1, 1)]
    (home.root / "landing" / name(1)).unlink()
    restore(home.home, name(1))
    assert proven(home) == ["01", "02", "03", "04"]
    assert home.query("select sum(rows), sum(filtered) from ops.files") == [(1, 1)]


@pytest.fixture
def copied(tmp_path: Path) -> TestHome:
    """Calls of a day, and of another nothing but a copy of it."""
    home = TestHome(tmp_path / "home", last_month="2024-01")
    home.only_sources("calls")
    home.expecting("day", "calls")
    for day in ("15", "16"):
        home.put(f"calls/calls_202401{day}.csv", calls_file([call("A1"), call("A2")]))
    home.run(AS_OF)
    return home


def test_what_was_taken_out_on_request_is_not_given_back(
    copied: TestHome, command: Command
) -> None:
    """Neither the rows, nor a copy's name as a day on which nobody called."""
    first, copy = "calls/calls_20240115.csv", "calls/calls_20240116.csv"
    withdraw(copied.home, copy, "wrong day")
    for path in (first, copy):
        (copied.root / "landing" / path).unlink()
    erasure.erase(copied.home, erasure.find(copied.home, "KP-0001"))
    said = command(copied.root, "withdraw", copy, "--undo")
    assert (said.code, "put it back" in said.err) == (1, True), said.err
    said = command(copied.root, "withdraw", first, "--undo")
    assert (said.code, "was taken out on request on " in said.err) == (1, True), said.err
    assert {(d.path, d.status) for d in Ledger(copied.home).deliveries()} == {(first, "withdrawn")}
    # as an earlier kring wrote it, and reads it
    records = [json.loads(path.read_text()) for path in copied.home.ledger.glob("calls/*.json")]
    assert records and not any("standing" in record for record in records)
    # dropped again it stays out
    copied.put(copy, calls_file([call("A1"), call("A2")]))
    copied.run(AS_OF)
    assert {d.status for d in Ledger(copied.home).deliveries()} == {"withdrawn"}


def test_a_file_that_was_refused_with_rows_does_not_count_when_it_is_given_back(
    copied: TestHome,
) -> None:
    """Nothing was kept of it: it would stand for a day on which nobody called."""
    bad = "calls/calls_20240117.csv"
    copied.put(bad, calls_file([call("A3"), call("A4", wait="-1,0")]))
    told = copied.run(AS_OF).findings
    assert any(f.about == "refused" for f in told)
    withdraw(copied.home, bad, "bad")
    (copied.root / "landing" / bad).unlink()
    with pytest.raises(HomeError, match="put it back"):
        restore(copied.home, bad)
    assert bad not in {d.path for d in Ledger(copied.home).deliveries()}
