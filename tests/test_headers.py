"""Files of one source that come together under different headers: each is judged by its own.

Whether a select fits is asked once for each header, so a header that fits vouches for no other.
"""

from __future__ import annotations

import pytest
from homes import TestHome

from assets.arrivals.ledger_record import LOADED, REFUSED

SOURCE = """-- title:     Calls
-- kind:      calls
-- files:     x/*.csv
-- format:    csv
-- columns:   strict
-- options:   optional='Agent'
select _row, "Id" as contact_id, "At" as entered_at, "Result" as outcome, "Wait" as wait_seconds,
    "Agent" as agent
from export
"""
FILES = {
    "a": ("Id,At,Result,Wait", "{},2024-01-15 10:00:00,answered,10"),
    "b_gone": ("Id,At,Result", "{},2024-01-15 10:00:00,answered"),
    "c_turned": ("Wait,Result,At,Id", "20,answered,2024-01-15 10:00:00,{}"),
    "d_more": ("Id,At,Result,Wait,Note", "{},2024-01-15 10:00:00,answered,10,-"),
    "e_agent": ("Id,At,Result,Wait,Agent", "{},2024-01-15 10:00:00,answered,30,A1"),
    "f_again": ("Id,At,Result,Wait", "{},2024-01-15 10:00:00,answered,40"),
    "g_gone_again": ("Id,At,Result", "{},2024-01-15 10:00:00,answered"),
}


@pytest.fixture
def ran(home: TestHome) -> TestHome:
    home.only_sources()
    home.source("x", SOURCE)
    for name, (header, row) in FILES.items():
        home.put(f"x/{name}.csv", f"{header}\n{row.format(name)}\n")
    home.run()
    return home


def test_each_file_is_judged_by_its_own_header(ran: TestHome) -> None:
    found = dict(ran.query("select path, status from ops.files"))
    refused = {name for name in FILES if found[f"x/{name}.csv"] == REFUSED}
    assert refused == {"b_gone", "d_more", "g_gone_again"}
    assert set(found.values()) == {LOADED, REFUSED}
    # by name, wherever a column stands; without the optional one as with it
    waits = ran.query("select contact_id, wait_seconds::int, agent_key is null from fact.contacts")
    assert sorted(waits) == [
        ("a", 10, True), ("c_turned", 20, True), ("e_agent", 30, False), ("f_again", 40, True),
    ]  # fmt: skip


def test_what_a_header_lacks_is_said_of_every_such_file(ran: TestHome) -> None:
    errors = dict(ran.query("select path, error from ops.files where status = 'refused'"))
    assert errors["x/g_gone_again.csv"].startswith("x/g_gone_again.csv: lacks `Wait` (nearest:")
    assert "Agent" not in errors["x/b_gone.csv"]  # which a file may lack
    assert "`Note`" in errors["x/d_more.csv"]
