"""Nights without a server: a home of half a year, and the instance of Dagster that works on it.

The ingest job is run for real, in this process; the sensor is asked as the daemon asks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from homes import TestHome, call, calls_file

from assets.building.session import end_session
from pipelines.automation import RANGE_END, RANGE_START
from pipelines.definitions import definitions

MONTHS = [f"2024-{number:02}" for number in range(1, 7)]
Asked = list[tuple[str, str]]


@dataclass
class Night:
    """A home, its definitions and an instance of Dagster that lives in memory."""

    place: TestHome
    defs: dg.Definitions
    instance: dg.DagsterInstance

    def ingest(self) -> dg.ExecuteInProcessResult:
        try:
            return self.defs.resolve_job_def("ingest").execute_in_process(instance=self.instance)
        finally:
            end_session()

    def ask(self, ended: dg.ExecuteInProcessResult, run: dg.DagsterRun | None = None) -> object:
        """What the sensor answers to a run of ingest that succeeded."""
        repository = self.defs.get_repository_def()
        sensor = repository.get_sensor_def("after_ingest")
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_event=ended.get_run_success_event(),
            dagster_instance=self.instance,
            dagster_run=run or ended.dagster_run,
            repository_def=repository,
        )
        return sensor(context)

    def asked(self, ended: dg.ExecuteInProcessResult) -> Asked:
        """The ranges of months the sensor asks for; empty where it skips."""
        answer = self.ask(ended)
        if isinstance(answer, dg.SkipReason):
            return []
        assert isinstance(answer, list)
        return [(request.tags[RANGE_START], request.tags[RANGE_END]) for request in answer]


@pytest.fixture(scope="module")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Six months of calls, all built and published. Copy it, leave it as it is."""
    made = TestHome(tmp_path_factory.mktemp("night") / "home", last_month="2024-06")
    made.only_sources("calls")
    for month in MONTHS:
        year, number = month.split("-")
        day = f"15/{number}/{year} 10:00:00"
        made.put(f"calls/calls_{year}{number}15.csv", calls_file([call(f"C{number}", day)]))
    assert made.run(made.home.today()).version is not None
    return made


@pytest.fixture
def night(half_year: TestHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    place = half_year.copied(tmp_path / "home")
    monkeypatch.setenv("KRING_HOME", str(place.root))
    with dg.DagsterInstance.ephemeral() as instance:
        yield Night(place, definitions(place.home), instance)


def late(place: TestHome, *months: str) -> None:
    """A file that arrives late, with a call of each of these months."""
    lines = [call(f"L{month}", f"20/{month[5:]}/{month[:4]} 09:00:00") for month in months]
    place.put("calls/calls_20240620.csv", calls_file(lines))
