"""Whatever is edited, the log holds each number that changed, once, with causes that happened.

A walk over edits drawn from a seed; after each step the two databases are compared in plain
Python (`comparing`). Every cause must be one that the edits of the step allow.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from commands import Command
from comparing import Figures, differing, figures, logged
from defending import SL, SLI, WITHOUT, DefendedHome
from homes import no_waiting
from storyhome import called, chat, put_calls

AS_OF = "2024-07-02"
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")
SEEDS = [int(seed) for seed in os.environ.get("KRING_WALKS", "1 2").split()]
STEPS = int(os.environ.get("KRING_WALK_STEPS", "7"))


@dataclass
class Walk:
    """A home that is edited at random; each edit says which causes it may be told as."""

    home: DefendedHome
    command: Command
    random: Random
    step: int = 0
    files: list[str] = field(default_factory=list)
    closed: bool = False
    held_out: list[str] = field(default_factory=list)
    thresholds: list[str] = field(default_factory=lambda: ["20"])
    inputs: list[str] = field(default_factory=lambda: ["98.10"])

    def late_call(self) -> list[str]:
        day = f"{self.random.choice(MONTHS)}-{self.random.randint(11, 28)}"
        outcome = self.random.choice(("Answered", "Abandoned", "Answered", "IVR"))
        queue = self.random.choice(("umum", "umum", "priority"))
        return self._calls(called(f"N{self.step}", day, self._wait(), outcome, queue=queue))

    def correction(self) -> list[str]:
        call = f"A{self.random.choice(MONTHS)}-{self.random.randint(0, 3)}"
        return self._calls(called(call, f"{self.random.choice(MONTHS)}-10", self._wait()))

    def repeated(self) -> list[str]:
        """An old row again: no news, and no number."""
        self._calls(called("A2024-02-0", "2024-02-10"))
        return [r"file calls/\S+ arrived( and corrected \d+ rows)?"]

    def chats(self) -> list[str]:
        month = self.random.choice(MONTHS)
        path = f"chats/chats_{month.replace('-', '')}_{self.step}.jsonl"
        wait = self.random.choice((60, 400))
        self.home.put(path, chat(f"N{self.step}", f"{month}-12", wait) + "\n")
        return [rf"file {re.escape(path)} arrived"]

    def withdrawal(self) -> list[str]:
        if not self.files:
            return self.late_call()
        path = self.files.pop(self.random.randrange(len(self.files)))
        said = self.command(self.home.root, "withdraw", path, "--reason", "wrong")
        assert said.code == 0, said.text
        return [rf"file {re.escape(path)} was withdrawn"]

    def target(self) -> list[str]:
        period = self.random.choice(("*", "Q1", "Y"))
        self.home.append_register(
            "targets",
            f"service_level,2024,{period},{self.random.randint(70, 99)},"
            f"2024-07-{1 + self.step:02},Decree {self.step},false",
        )
        return [r"targets service_level 2024: was .* for .*", r"is .* decided on .*"]

    def threshold(self) -> list[str]:
        old, new = self.thresholds[-1], str(self.random.randint(5, 60))
        self.home.edit_register(
            "service_level_policy", f"phone,*,2020-01-01,,{old},", f"phone,*,2020-01-01,,{new},"
        )
        self.thresholds.append(new)
        return [r"service_level_policy phone_house_2024: was threshold_seconds \d+",
                r"is threshold_seconds \d+"]  # fmt: skip

    def reported_by_hand(self) -> list[str]:
        old, new = self.inputs[-1], f"{self.random.randint(60, 99)}.5"
        self.home.edit_register(
            "inputs", f"staff_competence,2024,Q1,,,{old},", f"staff_competence,2024,Q1,,,{new},"
        )
        self.inputs.append(new)
        return [r"inputs staff_competence 2024 Q1: was [\d.]+", r"is [\d.]+"]

    def _calls(self, *lines: str) -> list[str]:
        name = f"calls/calls_202405{10 + self.step:02}.csv"
        put_calls(self.home, f"2024-05-{10 + self.step:02}", *lines)
        self.files.append(name)
        return [rf"file {re.escape(name)} arrived( and corrected \d+ rows)?"]

    def _wait(self) -> str:
        return f"{self.random.randint(1, 70)},{self.random.randint(0, 999):03}"

    def edit(self) -> list[str]:
        """One or two edits, or a decision about the first quarter; the causes they allow."""
        self.step += 1
        if self.step > 2 and self.random.random() < 0.3:
            return self._decide()
        choices: list[Callable[[], list[str]]] = [
            self.late_call, self.correction, self.repeated, self.chats, self.withdrawal,
            self.target, self.threshold, self.reported_by_hand,
        ]  # fmt: skip
        first, second = self.random.sample(choices, 2)
        allowed = first()
        if second not in (self.withdrawal, self.late_call, self.correction, self.repeated):
            allowed += second()
        with no_waiting():
            self.home.publish(AS_OF)
        if self.closed:
            self.held_out += allowed
        return allowed

    def _decide(self) -> list[str]:
        word = "reopen" if self.closed else "close"
        with no_waiting():
            said = self.command(self.home.root, word, "2024-Q1", "--reason", f"step {self.step}")
        assert said.code == 0, said.text
        self.closed = not self.closed
        if self.closed:
            return []
        held, self.held_out = self.held_out, []
        return [
            r"2024-Q1 was reopened", r"file \S+ was held out until now( and corrects \d+ rows)?",
            r"file \S+ counts \d+ rows, before \d+", *held,
        ]  # fmt: skip


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_holds_each_changed_number_once_with_a_cause_that_happened(
    tmp_path: Path, command: Command, seed: int
) -> None:
    walk = Walk(DefendedHome.of_months(tmp_path, MONTHS[0], MONTHS[-1]), command, Random(seed))
    walk.home.publish(AS_OF)
    link = walk.home.root / "published/current"
    before: Figures = figures(link / "kring.duckdb")
    seen, moved = link.resolve().name, 0
    for _ in range(STEPS):
        allowed = walk.edit()
        version, after = link.resolve().name, figures(link / "kring.duckdb")
        rows = logged(link / "kring.duckdb", version) if version != seen else []
        expected = differing(before, after)
        assert sorted(map(str, (key for key, *_ in rows))) == sorted(map(str, expected)), walk.step
        for key, numbers, cause in rows:
            assert numbers == expected[key], (walk.step, key)
            for part in cause.split("; "):
                assert any(re.fullmatch(each, part) for each in allowed), (
                    walk.step, key, cause, allowed,
                )  # fmt: skip
        before, seen, moved = after, version, moved + len(rows)
    assert moved > 50


def test_changing_one_contact_moves_exactly_its_figures(tmp_path: Path) -> None:
    """A call of March waited 45 s, not 10: in no figure but those of waits, and those above."""
    home = DefendedHome.of_months(tmp_path, MONTHS[0], MONTHS[-1])
    home.publish(AS_OF)
    put_calls(home, "2024-05-20", called("A2024-03-1", "2024-03-10", "45,000"))
    version = home.publish(AS_OF)
    rows = logged(home.root / "published/current/kring.duckdb", version)
    periods = ("2024-Q1", "2024-S1", "2024-YTD-Q3", "2024-Y")
    none = (None,) * 4
    expected = {
        ("metric.monthly", "2024-03", "computed", name, "phone", "umum", None, "calls")
        for name in (SL, WITHOUT, "speed_of_answer")
    }
    expected |= {
        ("kpi.cells", period, "computed", name, "phone", None, None, None)
        for name in (SL, WITHOUT, "speed_of_answer")
        for period in ("2024-03", *periods)
    }
    expected |= {
        ("kpi.composites", period, "computed", SLI, *none) for period in ("2024-03", *periods)
    }
    expected |= {
        ("kpi.scorecard", period, "computed", name, *none)
        for period in periods
        for name in (f"kpi {SL}", "objective objective_3", "perspective internal_process",
                     "organisation organisation")
    }  # fmt: skip
    assert {key for key, *_ in rows} == expected
    assert len(rows) == len(expected)
    assert {cause for *_, cause in rows} == {
        "file calls/calls_20240520.csv arrived and corrected 1 rows"
    }
    (quarter,) = [numbers for key, numbers, _ in rows if key[0:2] == ("kpi.cells", "2024-Q1")
                  and key[3] == SL]  # fmt: skip
    assert quarter == ((75.0, 9.0, 12.0), (pytest.approx(100 * 8 / 12), 8.0, 12.0))
