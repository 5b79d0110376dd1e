"""A content keeps its place in the order of delivery, whatever happens to its file meanwhile.

Of a source without `version` a later delivery corrects an earlier one; so a file that is refused
for a night, taken back and given again, copied, renamed or lost must not become the newest.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.arrivals.ledger import Ledger
from assets.arrivals.sources import read_sources
from assets.building.plan import Plan
from assets.home import HomeError
from assets.intake.withdrawal import restore, withdraw
from assets.keeping import erasure

AS_OF = "2024-02-10"
FIRST, CORRECTION = "calls/calls_20240115.csv", "calls/calls_20240114.csv"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Two calls within 20 seconds; then a correction of the first, which waited 60."""
    home = TestHome(tmp_path_factory.mktemp("places") / "home", last_month="2024-01")
    home.only_sources("calls")
    home.expecting("none", "calls")
    home.put(FIRST, calls_file([call("A1"), call("A2")]))
    home.run(AS_OF)
    home.put(CORRECTION, calls_file([call("A1", wait="60,0")]))
    home.run(AS_OF)
    assert waits(home) == {"A1": 60, "A2": 10}
    return home


def waits(home: TestHome) -> dict[str, int]:
    rows = home.query("select contact_id, cast(wait_seconds as integer) from fact.contacts")
    return dict(rows)


def test_a_file_refused_for_one_run_is_not_the_newest_after_it(place: TestHome) -> None:
    """A wrong count beside it refuses it; put right, it stands before its correction again."""
    told = place.root / "landing" / f"{FIRST}.done"
    told.write_text("3\n")
    place.run(AS_OF)
    assert waits(place) == {"A1": 60}
    told.unlink()
    place.run(AS_OF)
    assert waits(place) == {"A1": 60, "A2": 10}


def test_undoing_a_withdrawal_leaves_all_as_it_was(place: TestHome, command: Command) -> None:
    withdraw(place.home, FIRST, "wrong day")
    place.run(AS_OF)
    assert waits(place) == {"A1": 60}
    restore(place.home, FIRST)
    # until then it waits to be read, and nobody has refused it
    told = command(place.root, "status", "--as-of", AS_OF, "--json").json
    assert told["pending"] == [f"{FIRST} (its withdrawal was taken back)"]
    assert told["refused"] == [] and not any(f["about"] == "refused" for f in told["findings"])
    place.run(AS_OF)
    assert waits(place) == {"A1": 60, "A2": 10}


def test_a_withdrawal_taken_back_is_never_a_refusal_of_its_month(
    place: TestHome,
) -> None:
    """Neither until the run reads it, nor where another content has taken its name meanwhile."""
    first = (place.root / "landing" / FIRST).read_bytes()
    # the name's last content is withdrawn, the one before is put back, the withdrawal undone
    place.put(FIRST, calls_file([call("A3")]))
    place.run(AS_OF)
    withdraw(place.home, FIRST, "wrong day")
    place.put(FIRST, first)
    restore(place.home, FIRST)
    for _ in ("before", "after"):
        (month,) = Plan(place.home, date.fromisoformat(AS_OF)).coverage
        assert (month.state, month.reason, month.flagged) == ("complete", "", "")
        place.run(AS_OF)
    assert waits(place) == {"A1": 60, "A2": 10}
    assert place.query("select state, reason, flagged from ops.coverage") == [("complete", "", "")]


def test_what_has_left_landing_counts_again_as_it_was_read(place: TestHome) -> None:
    """By name of another file too: its rows are kept while the withdrawal may be taken back."""
    copy = place.put("calls/calls_20240116.csv", (place.root / "landing" / FIRST).read_bytes())
    place.run(AS_OF)
    days = "select covers from ops.files where status <> 'withdrawn' order by path"
    before = place.query(days)
    for path in (copy, place.root / "landing" / FIRST):
        path.unlink()
    withdraw(place.home, FIRST, "wrong day")
    place.run(AS_OF)
    assert waits(place) == {"A1": 60}
    assert len(restore(place.home, FIRST)) == 2
    place.run(AS_OF)
    assert waits(place) == {"A1": 60, "A2": 10} and place.query(days) == before


def test_an_export_without_rows_is_withdrawn_by_its_name_alone(
    tmp_path: Path, command: Command
) -> None:
    """Twelve files with a header only have one content, and each proves its own month."""
    home = TestHome(tmp_path / "home", last_month="2024-04")
    home.only_sources("complaints")
    header = "complaint_no,received_at,category,to_follow_up,due_at,followed_up_at,channel\n"
    names = {month: f"complaints/complaints_2024{month:02}.csv" for month in range(1, 5)}
    for month in (1, 2, 3):
        home.put(names[month], header)

    def proven(as_of: str = "2024-04-10") -> list[str]:
        home.run(as_of)
        complete = "select strftime(month, '%m') from ops.coverage where state = 'complete'"
        return [month for (month,) in home.query(f"{complete} order by month")]

    assert proven() == ["01", "02", "03"]
    # the one that holds the content for the others, then one of the others
    for month, left in ((1, ["02", "03"]), (3, ["02"])):
        said = command(home.root, "withdraw", names[month], "--reason", "the export failed")
        assert "is withdrawn (1 delivery)" in said.text
        assert proven() == left
    # touched it stays withdrawn; the next month's is another file
    home.put(names[3], header)
    home.put(names[4], header)
    assert proven("2024-05-10") == ["02", "04"]
    # given back, also where the file has left landing meanwhile
    (home.root / "landing" / names[1]).unlink()
    for month in (1, 3):
        assert command(home.root, "withdraw", names[month], "--undo").code == 0
    assert proven("2024-05-10") == ["01", "02", "03", "04"]
    # and where no name of it counted any more
    for month in names:
        withdraw(home.home, names[month], "all of them")
    assert proven("2024-05-10") == []
    for month in names:
        restore(home.home, names[month])
    assert proven("2024-05-10") == ["01", "02", "03", "04"]


def test_a_copy_is_read_by_a_changed_rule_when_the_first_has_another_content(
    place: TestHome,
) -> None:
    copy = place.put("calls/calls_20240116.csv", (place.root / "landing" / FIRST).read_bytes())
    place.run(AS_OF)
    place.put(FIRST, calls_file([call("A3")]))
    place.run(AS_OF)
    place.edit_source("calls", '"Wait" as wait_seconds', "'30,0' as wait_seconds")
    place.run(AS_OF)
    assert copy.exists() and set(waits(place).values()) == {30}


def test_lost_rows_are_read_again_under_the_files_new_name(place: TestHome) -> None:
    landing = place.root / "landing"
    (landing / FIRST).rename(landing / "calls/calls_20240117.csv")
    place.run(AS_OF)
    for chunk in (place.root / "lake/raw/calls").rglob("*.parquet"):
        chunk.unlink()
    place.edit_source("calls", "-- title:", "-- title: ")
    (place.root / "lake/outputs/fact.contacts/2024-01.json").unlink()
    with pytest.raises(HomeError, match="the next run reads calls/"):
        place.run(AS_OF)
    place.run(AS_OF)
    assert waits(place) == {"A1": 60, "A2": 10}


def test_an_erasure_cut_short_is_finished_by_the_next(
    place: TestHome, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    """The records are written first: what was left of the rows goes with the next call."""
    agent = "KP-0002"
    place.put(FIRST, calls_file([call("A1"), call("A2", agent=agent)]))
    place.run(AS_OF)
    place.put(FIRST, calls_file([call("A2", agent="")]))
    place.run(AS_OF)
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "sweep_unnamed", _killed)
        with pytest.raises(KeyboardInterrupt):
            erasure.erase(place.home, erasure.find(place.home, agent))
    assert command(place.root, "forget", agent, "--erase").code in (0, 3)
    place.run(AS_OF)
    assert command(place.root, "forget", agent).code in (0, 3)
    held = {c.file for d in Ledger(place.home).deliveries() for c in d.chunks}
    assert {p.name for p in (place.root / "lake/raw/calls").rglob("*.parquet")} == held


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_forgotten_former_name_can_be_added_later(place: TestHome) -> None:
    path = place.root / "sources/calls.sql"
    renamed = place.source("telephone", path.read_text())
    path.unlink()
    place.run(AS_OF)
    renamed.write_text(renamed.read_text().replace("-- kind:", "-- was: calls\n-- kind:", 1))
    place.run(AS_OF)
    assert [s.name for s in read_sources(place.root / "sources")] == ["telephone"]
    assert waits(place) == {"A1": 60, "A2": 10}


def test_a_later_first_month_takes_the_months_before_away(place: TestHome) -> None:
    toml = place.root / "kring.toml"
    place.put("calls/calls_20240201.csv", calls_file([call("B1", "01/02/2024 10:00:00")]))
    text = toml.read_text().replace('last_month = "2024-01"', 'last_month = "2024-02"')
    toml.write_text(text)
    place.run("2024-03-10")
    (place.root / "landing" / FIRST).unlink()
    toml.write_text(text.replace('first_month = "2024-01"', 'first_month = "2024-02"'))
    ran = place.kring("run", "--as-of", "2024-03-10")
    assert "Traceback" not in ran.stderr and ran.returncode in (0, 3), ran.stderr
    assert list(waits(place)) == ["B1"]
