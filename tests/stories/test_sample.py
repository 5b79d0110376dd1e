"""The sample: it prints the report's cells at any scale, is the same every time, and is dirty.

Figures are those of the independent recount (tests/oracle), never kring's own.
"""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from oracle.recount import Figure, pooled, recount
from printing import PRINTED_CSI, PRINTED_CSI_INDEX, PRINTED_SERVICE_LEVEL, percent

from assets.arrivals.sources import read_sources
from pipelines.sample.dirt import ROWS_PER_REJECT
from pipelines.sample.year import write_sample

ROOT = Path(__file__).parents[2]
MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
QUARTERS = [MONTHS[first : first + 3] for first in range(0, 12, 3)]
Counts = tuple[dict[str, int], dict[str, int]]


def digests(landing: Path) -> dict[str, str]:
    return {
        str(path.relative_to(landing)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(landing.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="module")
def summary(landing: Path) -> Counts:
    return write_sample(landing, scale=0.02)


@pytest.fixture(scope="module")
def figures(landing: Path, summary: Counts) -> dict[str, Figure]:
    return recount(landing)


def quarter_csi(figures: dict[str, Figure], quarter: list[str]) -> list[Fraction]:
    """The unrounded index of each service."""
    return [Fraction(*pooled(figures["csi"], name, months=quarter)) for name in PRINTED_CSI]


def assert_prints_the_report(figures: dict[str, Figure]) -> None:
    for channel, cells in PRINTED_SERVICE_LEVEL.items():
        level = figures["service_level"]
        shown = [percent(*pooled(level, channel, months=[month])) for month in MONTHS]
        assert shown == cells.split()
    by_quarter = [quarter_csi(figures, quarter) for quarter in QUARTERS]
    for number, cells in enumerate(PRINTED_CSI.values()):
        assert [percent(quarter[number]) for quarter in by_quarter] == cells.split()
    means = [sum(quarter, Fraction(0)) / 4 for quarter in by_quarter]
    assert [percent(mean) for mean in means] == PRINTED_CSI_INDEX.split()
    # The year as labelled, on which 1a is computed: 87.13 and its index of target 78.
    year = sum(means, Fraction(0)) / 4
    assert Fraction("0.87125") < year < Fraction("0.87135")
    assert percent(year * 100 / 78) == "111.70"
    assert percent(*pooled(figures["occupancy"], "phone")) == "98.50"
    standard = Fraction(*pooled(figures["occupancy_standard"], "phone"))
    assert Fraction("0.8") < standard < Fraction("0.9")
    contact = Fraction(*pooled(figures["outbound_contact"]))
    behaviour = Fraction(*pooled(figures["outbound_behaviour"]))
    effectiveness = (contact + behaviour) / 2
    assert Fraction("0.735008") <= effectiveness < Fraction("0.73505")
    assert percent(effectiveness * 100 / 64) == "114.85"
    assert sorted(figures["outbound_contact"]) == [(month,) for month in MONTHS]


def test_smallest_sample_prints_the_report(figures: dict[str, Figure]) -> None:
    assert_prints_the_report(figures)


def test_rounding_edges_are_kept_off(figures: dict[str, Figure]) -> None:
    """86.285 and 88.935 would print as 86.29 and 88.94 only by the last bit of a double."""
    second, fourth = (sum(quarter_csi(figures, QUARTERS[q]), Fraction(0)) / 4 for q in (1, 3))
    assert second > Fraction("0.862851")
    assert fourth > Fraction("0.889351")


@pytest.mark.parametrize(("seed", "scale"), [(1, 0.02), (2024, 0.1)])
def test_other_seeds_and_scales_print_it_too(tmp_path: Path, seed: int, scale: float) -> None:
    write_sample(tmp_path, scale=scale, seed=seed)
    assert_prints_the_report(recount(tmp_path))


def test_months_have_complaint_files_without_a_complaint(figures: dict[str, Figure]) -> None:
    assert figures["complaints_on_time"] == {(month,): (0, 0) for month in MONTHS}


def test_same_arguments_give_the_same_bytes(landing: Path, summary: Counts, tmp_path: Path) -> None:
    assert write_sample(tmp_path / "again", scale=0.02) == summary
    assert digests(tmp_path / "again") == digests(landing)
    write_sample(tmp_path / "other", scale=0.02, seed=8)
    same = digests(landing).items() & digests(tmp_path / "other").items()
    assert {name.split("/")[0] for name, _ in same} <= {"complaints", "calls"}
    assert len(same) < 40  # complaints, and days without a single call


def test_every_day_and_month_has_its_file(landing: Path, summary: Counts) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    assert {path.name for path in landing.glob("calls/*")} == {
        f"calls_{day:%Y%m%d}.csv" for day in days
    }
    assert summary[1] == {
        "calls": 366, "chats": 12, "surveys": 12, "outbound_attempts": 13,
        "outbound_cases": 12, "payments": 14, "agent_activity": 12, "complaints": 12,
    }  # fmt: skip


def test_every_file_belongs_to_one_source(landing: Path, summary: Counts) -> None:
    sources = read_sources(ROOT / "data" / "sources")
    assert {source.name for source in sources} == set(summary[1])
    for name in digests(landing):
        assert len([source.name for source in sources if source.claims(name)]) == 1, name


def test_other_years_carry_the_same_cells(tmp_path: Path) -> None:
    write_sample(tmp_path, year=2023, scale=0.02)
    level = recount(tmp_path)["service_level"]
    shown = [percent(*pooled(level, "phone", months=[f"2023-{m:02d}"])) for m in range(1, 13)]
    assert shown == PRINTED_SERVICE_LEVEL["phone"].split()


def test_too_small_a_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"0\.01 is too small"):
        write_sample(tmp_path, scale=0.01)
    assert not list(tmp_path.iterdir())


def rows(landing: Path, pattern: str, delimiter: str) -> list[list[str]]:
    found = []
    for path in sorted(landing.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            found += list(csv.reader(file, delimiter=delimiter))[1:]
    return found


@pytest.mark.parametrize(
    ("pattern", "delimiter"),
    [
        ("calls/*.csv", ";"),
        ("outbound/attempts_*.tsv", "\t"),
        ("outbound/cases_*.csv", ","),
        ("outbound/payments_*.csv", ","),
        ("activity/*.csv", ";"),
    ],
)
def test_exports_overlap_with_identical_rows(
    landing: Path, summary: Counts, pattern: str, delimiter: str
) -> None:
    found = rows(landing, pattern, delimiter)
    repeated = [row for row, n in Counter(map(tuple, found)).items() if n > 1]
    assert repeated
    width = 3 if pattern.startswith("activity") else 1  # agent, day and channel, or the id
    assert len({tuple(row) for row in found}) == len({tuple(row[:width]) for row in found})


def test_some_rows_cannot_be_read_and_few_per_file(tmp_path: Path) -> None:
    write_sample(tmp_path, scale=0.1)
    faults: Counter[str] = Counter()
    for path in sorted(tmp_path.rglob("*")):
        if path.suffix in (".csv", ".tsv", ".jsonl"):
            lines = path.read_text("utf-8").splitlines()
            marks = ("31/02/2024", "12,3,4", ";Test", "2024-02-30", "escalated", "2024-13-05",
                     "XFER", "1m20", "2024-06-31", "Rp 250rb", "00-00-0000")  # fmt: skip
            bad = [mark for line in lines for mark in marks if mark in line]
            assert len(bad) * ROWS_PER_REJECT <= len(lines), path.name
            faults.update(bad)
    assert len(faults) >= 8


def test_calls_run_over_midnight_at_every_months_end(landing: Path, summary: Counts) -> None:
    crossing = set()
    for _, _, entered, _, ended, *_, outcome in rows(landing, "calls/*.csv", ";"):
        if outcome == "Answered" and entered[3:5] != ended[3:5]:
            crossing.add(entered[3:5])
    assert sorted(crossing) == [f"{month:02d}" for month in range(1, 13)]


def test_payments_become_known_late_and_by_mid_february(landing: Path, summary: Counts) -> None:
    lags = []
    for _, _, paid, known, _ in rows(landing, "outbound/payments_*.csv", ","):
        lags.append(datetime.fromisoformat(known) - datetime.fromisoformat(paid))
        assert known < "2025-02-14"
    assert timedelta(days=8) < sum(lags, timedelta()) / len(lags) < timedelta(days=16)
    assert min(lags) > timedelta(0)


def test_identifiers_are_fictitious(landing: Path, summary: Counts) -> None:
    taxpayers = {row[1] for row in rows(landing, "outbound/cases_*.csv", ",")}
    assert all(len(number) == 16 and number.startswith("99") for number in taxpayers)


def test_importing_the_sample_is_cheap() -> None:
    code = "import sys, pipelines.sample; print({'numpy', 'polars'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
