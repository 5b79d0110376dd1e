"""Keys resolved file by file come to what resolving all files at once comes to, to the byte.

What came before is not compared again with itself, so a night does not cost its history; the
answer must not show it.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest
from homes import TestHome
from saying import AS_OF, DAY, SOURCE, WITH_VERSION, Small, made

from assets.arrivals.ledger import Ledger
from assets.building.counting import counting_rows
from assets.building.plan import Plan
from assets.home import Home, HomeError
from assets.intake import keys
from assets.intake.chunks import Chunks
from assets.intake.ingest import ingest
from schemas.contract import contract


def answer(home: TestHome) -> tuple[Any, dict[str, bytes]]:
    """The standing answer and the files it names."""
    folder = home.root / "lake" / "keys"
    files = {path.name: path.read_bytes() for path in sorted((folder / "calls").glob("*"))}
    return json.loads((folder / "calls.json").read_text()), files


def resolved_anew(home: TestHome) -> tuple[Any, dict[str, bytes]]:
    place = Home.open(home.root)
    for path in sorted((home.root / "lake" / "keys").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    keys.resolve(place, "calls", contract("calls"), Ledger(place))
    return answer(home)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("source", [SOURCE, WITH_VERSION], ids=["by delivery", "by version"])
def test_file_by_file_is_as_all_at_once(tmp_path: Path, seed: int, source: str) -> None:
    """Twelve numbers in thirty-odd rows: most keys are contested, some by several files."""
    draw = random.Random(seed)
    home = Small(tmp_path / "home", source)
    for file in range(6):
        rows = {draw.randrange(12): draw.randrange(3) for _ in range(draw.randrange(2, 9))}
        home.export(f"{file:02d}", [made(n, salt, draw.randrange(3)) for n, salt in rows.items()])
        ingest(Home.open(home.root), DAY)
        step_by_step = answer(home)
        assert step_by_step == resolved_anew(home)
    state, files = step_by_step
    assert state["counts"] and files  # there was something to resolve


def test_a_damaged_answer_is_made_anew(tmp_path: Path) -> None:
    """The rows of May that lose are in a file; what it says cannot be taken over once it rots."""
    home = Small(tmp_path / "home", SOURCE)
    for name, salt in (("00", 0), ("01", 3)):  # the second correction of call 1 moves it
        home.export(name, [made(1, salt), made(2, salt)])
        ingest(Home.open(home.root), DAY)
    (lost, *_) = sorted((home.root / "lake/keys/calls").glob("*"))
    lost.write_bytes(b"rotten" + lost.read_bytes()[6:])
    home.export("02", [made(3, 0)])
    ingest(Home.open(home.root), DAY)
    assert answer(home) == resolved_anew(home)


def test_what_another_rule_said_is_resolved_anew(tmp_path: Path) -> None:
    """By a kring of before, or after: what stands and what comes would not be by one rule."""
    home = Small(tmp_path / "home", SOURCE)
    for name, salt in (("00", 0), ("01", 3)):
        home.export(name, [made(1, salt), made(2, salt)])
    assert home.kring("run", "--as-of", AS_OF).returncode in (0, 3)
    stood = answer(home)
    record = home.root / "lake/keys/calls.json"
    record.write_text(json.dumps(stood[0] | {"rule": "another", "counts": {}}))
    assert json.loads(home.kring("status", "--json").stdout)["stale"]["keys"]
    assert home.kring("run", "--as-of", AS_OF).returncode in (0, 3)
    assert answer(home) == stood
    assert stood[0]["counts"]


def test_a_withdrawn_file_is_taken_out_of_the_answer(tmp_path: Path) -> None:
    home = Small(tmp_path / "home", SOURCE)
    home.export("00", [made(1, 0), made(2, 0)])
    ingest(Home.open(home.root), DAY)
    alone = answer(home)
    home.export("01", [made(1, 1)])
    ingest(Home.open(home.root), DAY)
    assert answer(home)[0]["months"] and not alone[0]["months"]
    assert home.kring("withdraw", "calls/01.csv", "--reason", "a test").returncode == 0
    ingest(Home.open(home.root), DAY)
    assert answer(home) == alone


def test_of_a_chunk_the_key_alone_has_statistics(tmp_path: Path) -> None:
    """By them a later delivery skips it; of all other columns they would be read by nobody."""
    home = Small(tmp_path / "home", SOURCE)
    home.export("00", [made(number, 0) for number in range(5)])
    ingest(Home.open(home.root), DAY)
    chunks = list((home.root / "lake" / "raw" / "calls").rglob("*.parquet"))
    assert chunks
    for chunk in chunks:
        rows = pq.read_metadata(chunk).row_group(0)
        columns = [rows.column(at) for at in range(rows.num_columns)]
        assert [c.path_in_schema for c in columns if c.is_stats_set] == [contract("calls").key]


@pytest.mark.parametrize("withdrawn", [False, True], ids=["corrected", "withdrawn"])
def test_rows_of_a_contract_with_fewer_columns_are_compared(
    tmp_path: Path, withdrawn: bool
) -> None:
    """A file that left landing stands as an earlier kring read it. Its rows lose to a correction
    of now, and are told apart from each other when a file is withdrawn and none of now is left."""
    home = Small(tmp_path / "home", SOURCE)
    for name, salt in (("00", 0), ("01", 1), ("02", 2)):
        home.export(name, [made(1, salt), made(2, salt)])
    with by_an_earlier_contract():
        ingest(Home.open(home.root), DAY)
    as_read = sorted(answer(home)[0]["counts"].values())
    for name in ("00", "01", "02"):
        (home.root / f"landing/calls/{name}.csv").unlink()
    if withdrawn:
        assert home.kring("withdraw", "calls/02.csv", "--reason", "a test").returncode == 0
    else:
        home.export("03", [made(1, 3), made(2, 2)])
    home.run(AS_OF)
    now = [[2, 0, 2]] if withdrawn else [*as_read, [1, 1, 0]]
    assert sorted(answer(home)[0]["counts"].values()) == sorted(now)
    assert home.query("select count(*) from fact.contacts") == [(2,)]


def by_an_earlier_contract() -> Any:
    """Rows are kept without the bounds of their waits, as before there were any."""
    bounds, whole = ("wait_within_seconds", "wait_over_seconds"), Chunks._append
    return patch.object(
        Chunks, "_append", lambda kept, month, rows: whole(kept, month, rows.drop(bounds))
    )


def test_what_an_earlier_kring_resolved_is_not_counted_by(tmp_path: Path) -> None:
    """A rerun reads no export, so nothing has resolved the keys by the rule of now."""
    home = Small(tmp_path / "home", SOURCE)
    for name, salt in (("00", 0), ("01", 2)):
        home.export(name, [made(1, salt)])
        ingest(Home.open(home.root), DAY)
    state = home.root / "lake/keys/calls.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "rule": "another"}))
    with pytest.raises(HomeError, match="calls count was said by an earlier kring; `kring run`"):
        counting_rows(Plan(Home.open(home.root), DAY), "calls", None)
