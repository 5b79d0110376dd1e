"""The register when somebody edits it: what a change touches."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from editing import SHIPPED, append, edit, find, lines, write

from schemas.register import load_register


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "register"))


MARCH = (date(2024, 3, 1), date(2024, 3, 31))


def test_fingerprint_ignores_what_does_not_govern_the_month(folder: Path) -> None:
    """Closing an open row later, a successor, another order of lines: March is untouched."""
    before = load_register(folder)
    edit(folder, "service_level_policy", "phone_house", valid_to="2024-09-30")
    policy = lines(folder, "service_level_policy")
    successor = policy[find(folder, "service_level_policy", "chat_house") - 1]
    successor = successor.replace("chat_house_2024,chat,*,2020-01-01", "strict,phone,*,2024-10-01")
    write(folder, "service_level_policy", [policy[0], successor, *reversed(policy[1:])])
    after = load_register(folder)
    name = "service_level_policy"
    assert after.fingerprint(name, *MARCH) == before.fingerprint(name, *MARCH)
    october = (date(2024, 10, 1), date(2024, 10, 31))
    assert after.fingerprint(name, *october) != before.fingerprint(name, *october)
    assert after.fingerprint(name) != before.fingerprint(name)
    assert after.digest != before.digest


def test_fingerprint_by_year_and_of_undated_tables(folder: Path) -> None:
    before = load_register(folder)
    edit(folder, "inputs", "smart,2024,Q4", value="95.9")
    edit(folder, "metrics", "handle_time", coverage_floor="0.90")
    after = load_register(folder)
    assert after.fingerprint("inputs", *MARCH) == before.fingerprint("inputs", *MARCH)
    year = (date(2024, 1, 1), date(2024, 12, 31))
    assert after.fingerprint("inputs", *year) != before.fingerprint("inputs", *year)
    assert after.fingerprint("metrics", *MARCH) != before.fingerprint("metrics", *MARCH)


def test_an_event_governs_the_days_it_lies_on(folder: Path) -> None:
    """A day alone means to its end; a row without an end is the moment it begins."""
    append(folder, "events", "march,incident,2024-03-31,2024-03-31,,*,Fire alarm,Log book,false,")
    append(folder, "events", "april,reopened,2024-04-01,,,*,New hall,Log book,false,")
    before = load_register(folder)
    edit(folder, "events", "march,", note="all day")
    april = (date(2024, 4, 1), date(2024, 4, 30))
    after = load_register(folder)
    assert after.fingerprint("events", *april) == before.fingerprint("events", *april)
    assert after.fingerprint("events", *MARCH) != before.fingerprint("events", *MARCH)
    edit(folder, "events", "april,", note="of two floors")
    last = load_register(folder)
    assert last.fingerprint("events", *MARCH) == after.fingerprint("events", *MARCH)
    assert last.fingerprint("events", *april) != after.fingerprint("events", *april)


def test_one_value_has_one_fingerprint(folder: Path) -> None:
    before = load_register(folder)
    edit(folder, "weights", "organisation,stakeholder", weight="2/5")
    assert load_register(folder).digest == before.digest


def test_byte_order_mark_and_blank_lines_are_accepted(folder: Path) -> None:
    file = folder / "metrics.csv"
    file.write_bytes(
        b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n,,,,,,,\r\n"
    )
    assert load_register(folder).digest == load_register(SHIPPED).digest


def test_later_decision_of_a_target_is_an_added_line(folder: Path) -> None:
    append(folder, "targets", "service_level,2024,*,80,2024-07-01,Decree 12 of 2024,false")
    assert len(load_register(folder).rows("targets")) == 28


def test_a_metric_and_kpi_of_ones_own(folder: Path) -> None:
    append(folder, "metrics", "chat_handle,lower,Team chat,2024-01-01,Decree 12,,,")
    append(folder, "kpis", "own,2024-01-01,,9z-N,Milik sendiri,Our own,metric:chat_handle,chat,,"
           "percent,minimise,pooled,0,120,,Team chat,Decree 12,false,")  # fmt: skip
    assert len(load_register(folder).rows("kpis")) == 13
