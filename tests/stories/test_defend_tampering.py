"""A figure of the lake that was altered by hand, consistently: no cause, so no publish."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from defending import SL, DefendedHome
from homes import no_waiting
from storyhome import called, put_calls

from assets.lake import Outputs, output_file, sha256_file
from assets.record import closing
from assets.record.versions import current

AS_OF = "2024-07-02"


def alter(home: DefendedHome, table: str, month: str, numerator: str) -> None:
    """Replace a month's file and its record, so that both agree and nothing looks stale."""
    outputs = Outputs(home.home)
    record = outputs.get(table, date.fromisoformat(f"{month}-01"))
    assert record is not None
    old = outputs.path(record)
    new = old.with_name("altered.parquet")
    duckdb.connect().execute(
        f"copy (select * replace (cast({numerator} as decimal(38, 12)) as numerator) "
        f"from '{old}') to '{new}' (format parquet)"
    )
    sha256 = sha256_file(new)
    file = output_file(date.fromisoformat(f"{month}-01"), sha256)
    new.rename(old.with_name(file))
    old.unlink()
    altered = replace(record, sha256=sha256, file=file)
    path = home.root / "lake/outputs" / table / f"{month}.json"
    path.write_text(json.dumps(asdict(altered)))


def test_a_number_without_a_cause_is_not_published(tmp_path: Path) -> None:
    home = DefendedHome.of_months(tmp_path, "2024-04", "2024-06")
    version = home.publish(AS_OF)
    alter(home, "metric.monthly", "2024-05", "numerator * 4 / 3")
    # not even beside an honest change of another month
    put_calls(home, "2024-04-12", called("H1", "2024-04-12"))
    with pytest.raises(Exception) as refused:
        home.publish(AS_OF)
    said = str(refused.value)
    assert "figures changed and nothing that they rest on did" in said
    assert "metric.monthly 2024-05 computed" in said
    assert "altered by hand: remove lake/outputs and run kring run again" in said
    # the last version stands, and nothing of the one refused is left
    link = home.root / "published/current"
    assert link.resolve().name == version
    assert home.counts(SL, "2024-05") == (3, 4)
    assert [p.name for p in (home.root / "published/versions").glob("[!.]*")] == [version]
    # the command says the same, and ends with 1
    ended = home.kring("run", "--as-of", AS_OF)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "not published" in ended.stderr.replace("\n", " ")
    # doing as it says heals: the outputs are built anew, and only the honest change is published
    shutil.rmtree(home.root / "lake/outputs")
    healed = home.publish(AS_OF)
    assert home.counts(SL, "2024-05") == (3, 4)
    assert {period for period, _ in home.moved(healed, "metric.monthly")} == {"2024-04"}
    assert home.causes(healed) == {"file calls/calls_20240412.csv arrived"}


@pytest.mark.nightly
def test_an_altered_closed_month_never_reaches_readers(tmp_path: Path) -> None:
    """The lake's month is altered after it was closed: what is published is the revision's."""
    home = DefendedHome.of_months(tmp_path, "2024-01", "2024-03")
    home.publish(AS_OF)
    standing = current(home.home)
    assert standing is not None
    with no_waiting():
        closing.close(home.home, standing, 2024, "Q1", "Signed")
    home.publish(AS_OF)
    alter(home, "metric.monthly", "2024-02", "numerator * 4 / 3")
    version = home.publish(AS_OF)
    assert home.log(version) == []
    assert home.counts(SL, "2024-02") == (3, 4)
    assert home.counts(SL, "2024-02", as_now=True) == (4, 4)
