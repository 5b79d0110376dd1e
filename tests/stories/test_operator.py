"""Faults, group H: what an operator does or breaks: H7, H10, H11.

H1 is in tests/test_command_homes.py, H6 in tests/test_command.py, H2 in
tests/stories/test_key_changes.py, H12 in tests/stories/test_persons.py, H3 to H5 in
tests/stories/test_backup.py.
"""

from __future__ import annotations

import json
import shutil

import pytest
from commands import Command
from homes import TestHome, call, calls_file

from assets.publishing import zone_data
from sql.run import connect

AS_OF = "2024-02-10"
CALLS = "calls/calls_20240115.csv"
CALLS_COUNTED = """\
-- title: Calls counted
-- unit: ratio
-- numerator: contacts
-- denominator: one
-- rollup: sum
-- reads: fact.contacts
-- since: 2024-01
select month, channel, queue, source, {numerator} as numerator, 1 as denominator
from fact.contacts group by month, channel, queue, source
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Three calls, of which one has an outcome that the source does not know."""
    home = TestHome(tmp_path_factory.mktemp("operator") / "home", last_month="2024-01")
    home.only_sources("calls")
    home.expecting("none", "calls")
    home.edit_source("calls", "0.5%", "60%")
    lines = [call("A1"), call("A2", wait="25,0"), call("A3", outcome="Transferred")]
    home.put(CALLS, calls_file(lines))
    home.run(AS_OF)
    return home


def counts(home: TestHome) -> tuple[int, ...]:
    (row,) = home.query(
        "select rows, accepted, corrections, duplicates, filtered, rejected from ops.files "
        "where status = 'loaded'"
    )
    return row


def test_h7_a_mended_source_tries_the_rejected_rows_again(place: TestHome) -> None:
    assert counts(place) == (3, 2, 0, 0, 0, 1)
    path = place.root / "sources/calls.sql"
    known, more = "('Answered', 'answered'),", "('Transferred', 'answered'),"
    text = path.read_text()
    assert known in text
    path.write_text(text.replace(known, known + more))
    place.run(AS_OF)
    assert counts(place) == (3, 3, 0, 0, 0, 0)
    assert place.query("from ops.rejects") == []


def test_h7_a_changed_contract_reads_every_file_again_and_balances(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = place.query("from metric.monthly order by all")
    monkeypatch.setattr(
        "assets.arrivals.deliveries.contracts_fingerprint", lambda: "the next contract"
    )
    ran = place.run(AS_OF)
    assert [d.path for d in ran.ingested.loaded] == [CALLS]
    assert counts(place) == (3, 2, 0, 0, 0, 1)
    assert place.query("from metric.monthly order by all") == figures


@pytest.mark.parametrize("edit", ["a count", "no json"])
def test_h10_a_record_changed_by_hand_is_found_at_the_next_start(
    place: TestHome, command: Command, edit: str
) -> None:
    (record,) = (place.root / "lake/ledger/calls").glob("*.json")
    kept = record.read_text()
    content = {**json.loads(kept), "accepted": 3, "rejected": 0}
    record.write_text(json.dumps(content) if edit == "a count" else kept[:40])
    said = command(place.root, "status")
    assert said.code == 1
    assert f"lake/ledger/calls/{record.name} is damaged or was changed by hand" in said.text
    # what the message says helps: without the record the file is read again
    record.unlink()
    place.run(AS_OF)
    assert counts(place) == (3, 2, 0, 0, 0, 1)


def test_h10_a_published_file_changed_by_hand_is_published_anew(place: TestHome) -> None:
    database = (place.root / "published/current/kring.duckdb").resolve()
    database.chmod(0o640)
    with database.open("ab") as handle:
        handle.write(b"mine")
    assert place.kring("verify").returncode == 1
    ran = place.run(AS_OF)
    assert ran.version is not None and ran.version.path != database.parent
    assert place.kring("verify").returncode == 0


def test_h11_a_bugs_figures_stay_readable_beside_the_mended_ones(place: TestHome) -> None:
    """Which version of kring made a version stands in it, and going back is one command."""
    (place.root / "metrics").mkdir()
    rule = place.root / "metrics/calls_counted.sql"
    figure = "select sum(numerator) from metric.monthly where metric_id = 'calls_counted'"
    rule.write_text(CALLS_COUNTED.format(numerator="sum(contacts) * 10"))
    bug = place.run(AS_OF).version
    assert bug is not None and place.value(figure) == 20
    rule.write_text(CALLS_COUNTED.format(numerator="sum(contacts)"))
    mended = place.run(AS_OF).version
    assert mended is not None and place.value(figure) == 2
    codes = dict(place.query("select version, code from ops.versions"))
    assert codes[bug.id] == bug.manifest["code"] != ""
    assert place.kring("rollback", bug.id).returncode == 0
    assert place.value(figure) == 20
    assert place.kring("rollback", mended.id).returncode == 0
    assert place.value(figure) == 2


def test_clocks_that_the_libraries_do_not_agree_on_are_told(
    place: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A country changes its clocks, and of the libraries that read zones one is older."""
    with monkeypatch.context() as older:
        older.setattr(zone_data, "connect", lambda zone: connect("Asia/Makassar"))
        place.put("calls/calls_20240116.csv", calls_file([call("A4")]))
        (told,) = (f for f in place.run(AS_OF).findings if "clocks" in f.text)
    assert told.must_be_acted_on
    assert "from 2024-01-01 duckdb, polars and Python did not agree on the clocks of" in told.text
    assert "clocks of Asia/Jakarta" in place.kring("status", "--as-of", AS_OF).stdout
    # up to date again, and counted anew
    for folder in ("raw", "outputs"):
        shutil.rmtree(place.home.lake / folder)
    place.put("calls/calls_20240117.csv", calls_file([call("A5")]))
    assert not [f for f in place.run(AS_OF).findings if "clocks" in f.text]
    assert place.value("select count(*) from fact.contacts") == 4
