"""A home of two agents' calls, one of them the person that keys and requests are about."""

from __future__ import annotations

import shutil
from pathlib import Path

from homes import ROOT, TestHome, call, calls_file

AS_OF = "2024-03-10"
JANUARY, FEBRUARY = "calls/calls_20240115.csv", "calls/calls_20240215.csv"
PERSON, OTHER = "KP-Siti-77", "KP-0002"


def published(root: Path) -> TestHome:
    """Two months of calls of two agents, published."""
    home = TestHome(root, last_month="2024-02")
    home.only_sources("calls")
    home.expecting("none", "calls")
    home.put(JANUARY, january(PERSON))
    home.run(AS_OF)
    home.put(FEBRUARY, calls_file([call("B1", "15/02/2024 10:00:00", agent=OTHER)]))
    home.run(AS_OF)
    return home


def january(agent: str) -> str:
    return calls_file([call("A1", agent=OTHER), call("A2", wait="25,0", agent=agent)])


def activity(agent: str) -> str:
    times = "phone;1:00:00;0:10:00;0:10:00;0:20:00;0:20:00;2:00:00"
    return (
        "Agent;Date;Channel;Active;Hold;ACW;Not ready;Available;Staffed\n"
        f"{OTHER};15-01-2024;{times}\n{agent};15-01-2024;{times}\n"
    )


def put_activity(place: TestHome) -> str:
    """A month of the person's time as an agent, whose source the home gets; where it lies."""
    path = "activity/activity_202401.csv"
    shutil.copy(ROOT / "data/sources/agent_activity.sql", place.root / "sources")
    place.expecting("none", "agent_activity")
    place.put(path, activity(PERSON))
    return path


def agents(home: TestHome) -> dict[str, str]:
    rows = home.query("select contact_id, agent_key from fact.contacts where agent_key is not null")
    return dict(rows)
