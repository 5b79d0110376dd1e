"""Times and dates: what a text means by the declared formats and zone, or why it means nothing.

Expected values are worked by hand. A rule's name stands where the row is rejected.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from converting import DMY, one, run
from drawing import examples
from hypothesis import given
from hypothesis import strategies as st

from schemas.conversion import Conventions
from schemas.directives import FormatError


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "formats", "zone", "expected"),
    [
        ("31/01/2024 08:02:42", DMY, "Asia/Jakarta", utc("2024-01-31T01:02:42")),
        ("31/01/2024 8:02:42", DMY, "Asia/Jakarta", utc("2024-01-31T01:02:42")),
        (" 31/01/2024 08:02:42 ", DMY, "Asia/Jakarta", utc("2024-01-31T01:02:42")),
        ("31/01/2024", DMY, "Asia/Jakarta", utc("2024-01-30T17:00:00")),
        ("13/13/2025", DMY, "Asia/Jakarta", "not_a_time"),
        ("30/02/2024", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/2024 08:02", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/2024 08:02:42 WIB", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/2024 08:02:42.5", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/2024 23:59:60", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/2024 24:00:00", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/24 08:02:42", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/202408:02:42", DMY, "Asia/Jakarta", "not_a_time"),
        ("45322.3352", DMY, "Asia/Jakarta", "not_a_time"),
        ("0:07:02", DMY, "Asia/Jakarta", "not_a_time"),
        ("31/01/2024 8:02:42 PM", ("%d/%m/%Y %I:%M:%S %p",), "+07:00", utc("2024-01-31T13:02:42")),
        ("31/01/2024 12:02:42 am", ("%d/%m/%Y %I:%M:%S %p",), "+07:00", utc("2024-01-30T17:02:42")),
        ("31/01/2024 13:02:42 PM", ("%d/%m/%Y %I:%M:%S %p",), "+07:00", "not_a_time"),
        ("240131", ("%y%m%d",), "-0330", utc("2024-01-31T03:30:00")),
        ("24131", ("%y%m%d",), "UTC", "not_a_time"),
        ("20240131081502", ("%Y%m%d%H%M%S",), "UTC", utc("2024-01-31T08:15:02")),
        ("31 Jan 2024 08:15", ("%d %b %Y %H:%M",), "UTC", utc("2024-01-31T08:15:00")),
        (
            "Wed Jan 31 08:15:02 +0000 2024",
            ("%a %b %d %H:%M:%S %z %Y",),
            "Asia/Jakarta",
            utc("2024-01-31T08:15:02"),
        ),
        (
            "Wednesday, 31 January 2024 08:15",
            ("%A, %d %B %Y %H:%M",),
            "UTC",
            utc("2024-01-31T08:15:00"),
        ),
        # a day of the week that is not that day's: one of the two is wrong
        ("Tue, 31 Jan 2024 08:15", ("%a, %d %b %Y %H:%M",), "UTC", "not_a_time"),
        ("2024-01-31 08:15:02.120", ("%F %T.%f",), "UTC", utc("2024-01-31T08:15:02.120")),
        ("2024-01-31 08:15:02,12", ("%F %T,%f",), "UTC", utc("2024-01-31T08:15:02.120")),
        (
            "2024-01-31T08:15:02Z",
            ("%Y-%m-%dT%H:%M:%SZ",),
            "Asia/Jakarta",
            utc("2024-01-31T08:15:02"),
        ),
        # blanks that look like blanks, in the cell or in the header
        (
            "1/31/2024, 8:15:02\u202fAM",
            ("%m/%d/%Y, %I:%M:%S %p",),
            "UTC",
            utc("2024-01-31T08:15:02"),
        ),
        ("31/01/2024\u00a008:15", ("%d/%m/%Y %H:%M",), "UTC", utc("2024-01-31T08:15:00")),
        ("31/01/2024 08:15", ("%d/%m/%Y\u00a0%H:%M",), "UTC", utc("2024-01-31T08:15:00")),
        ("31/01/2024 08:15 +0900", ("%d/%m/%Y %H:%M %z",), "UTC", utc("2024-01-30T23:15:00")),
        ("31/01/2024 08:15 +9", ("%d/%m/%Y %H:%M %z",), "UTC", utc("2024-01-30T23:15:00")),
        (
            "2024/01/31 8:15:02 PM GMT+5:30",
            ("%Y/%m/%d %I:%M:%S %p GMT%z",),
            "Asia/Jakarta",
            utc("2024-01-31T14:45:02"),
        ),
        ("31/01/2024 08:15 +24", ("%d/%m/%Y %H:%M %z",), "UTC", "not_a_time"),
        ("31/01/2024 08:15 +5:60", ("%d/%m/%Y %H:%M %z",), "UTC", "not_a_time"),
        # a format that ends in the name of UTC says so, as one that ends in `Z` does
        *(
            (
                f"Wed, 31 Jan 2024 08:15:02 {name}",
                (f"%a, %d %b %Y %H:%M:%S {name}",),
                "Asia/Jakarta",
                utc("2024-01-31T08:15:02"),
            )
            for name in ("GMT", "UTC", "(UTC)")
        ),
        ("1706663702", ("epoch",), "Asia/Jakarta", utc("2024-01-31T01:15:02")),
        ("1706663702,5", ("epoch",), "Asia/Jakarta", utc("2024-01-31T01:15:02.500")),
        ("1706663702120", ("epoch",), "Asia/Jakarta", "not_a_time"),
        ("1706663702120", ("epoch_ms",), "Asia/Jakarta", utc("2024-01-31T01:15:02.120")),
        # Without formats: ISO 8601, with or without fraction and zone.
        ("2024-06-30T17:30:00Z", (), "Asia/Jakarta", utc("2024-06-30T17:30:00")),
        ("2024-06-30T17:30:00.123Z", (), "Asia/Jakarta", utc("2024-06-30T17:30:00.123")),
        ("2024-06-30T17:30:00.1234567+02:00", (), "UTC", utc("2024-06-30T15:30:00.123456")),
        ("2024-06-30 17:30:00+07", (), "UTC", utc("2024-06-30T10:30:00")),
        ("2024-06-30 17:30", (), "Asia/Jakarta", utc("2024-06-30T10:30:00")),
        ("2024-06-30", (), "Asia/Jakarta", utc("2024-06-29T17:00:00")),
        ("30/06/2024", (), "Asia/Jakarta", "not_a_time"),
        ("0001-01-01", (), "Asia/Jakarta", "not_a_time"),
        ("9999-12-31", (), "Asia/Jakarta", "not_a_time"),
        # Zones that move their clocks: a gap and a repeat have no one instant.
        ("2024-03-31 02:30:00", (), "Europe/Berlin", "time_does_not_exist"),
        ("2024-10-27 02:30:00", (), "Europe/Berlin", "time_exists_twice"),
        ("2024-10-27 02:30:00+02:00", (), "Europe/Berlin", utc("2024-10-27T00:30:00")),
        ("2024-03-31 01:59:59", (), "Europe/Berlin", utc("2024-03-31T00:59:59")),
        ("2024-03-31 03:00:00", (), "Europe/Berlin", utc("2024-03-31T01:00:00")),
        ("2024-04-07 01:45:00", (), "Australia/Lord_Howe", "time_exists_twice"),
        # Clocks that change at midnight: a date alone is the begin of its day, a time is a time.
        ("2024-09-08", (), "America/Santiago", utc("2024-09-08T04:00:00")),
        ("08/09/2024", DMY, "America/Santiago", utc("2024-09-08T04:00:00")),
        ("2024-09-08 00:00:00", (), "America/Santiago", "time_does_not_exist"),
        ("2024-11-03", (), "America/Havana", utc("2024-11-03T04:00:00")),
        ("2024-11-03 00:00:00", (), "America/Havana", "time_exists_twice"),
    ],
)
def test_times(text: str, formats: tuple[str, ...], zone: str, expected: object) -> None:
    assert one("payments", "paid_at", text, times=formats, timezone=zone) == expected


@pytest.mark.parametrize(
    ("formats", "common", "other", "expected"),
    [
        (("epoch", "epoch_ms"), "1706663702120", "1706663702", "2024-01-31T01:15:02"),
        (("%d/%m/%Y", "%m/%d/%Y"), "12/31/2024", "01/02/2024", "2024-02-01T00:00:00"),
    ],
)
def test_the_format_of_a_time_does_not_depend_on_its_neighbours(
    formats: tuple[str, ...], common: str, other: str, expected: str
) -> None:
    # the first format that fits reads a cell, also where the cells before it are of the second
    outcome = run("payments", {"paid_at": [common] * 60 + [other]}, times=formats, timezone="UTC")
    assert outcome.accepted["paid_at"][-1] == utc(expected)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_typed_times_of_any_unit_give_the_same_instant(unit: Any) -> None:
    naive = pl.Series([datetime(2024, 1, 31, 8, 15, 2, 120_000)]).cast(pl.Datetime(unit))
    zoned = naive.dt.replace_time_zone("Asia/Tokyo")
    for column, expected in ((naive, "01:15:02.120"), (zoned, "2024-01-30T23:15:02.120")):
        at = run("payments", {"paid_at": column}).accepted["paid_at"].item()
        assert at == utc(expected if "T" in expected else f"2024-01-31T{expected}")


def test_typed_times_out_of_any_calendar_are_rejected() -> None:
    endless = pl.Series([2**63 - 1, 0, None]).cast(pl.Datetime("us"))
    outcome = run("payments", {"paid_at": endless})
    assert outcome.rejects.rows() == [(1, "paid_at", "not_a_time", 1)]
    assert outcome.accepted["paid_at"].to_list() == [utc("1969-12-31T17:00:00"), None]
    assert one("payments", "paid_at", date(2024, 1, 31)) == utc("2024-01-30T17:00:00")
    assert one("payments", "paid_at", True) == "not_a_time"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("31/01/2024", date(2024, 1, 31)),
        ("31/01/2024 23:59:59", date(2024, 1, 31)),
        ("31/01/2024 17:30 +0000", date(2024, 2, 1)),  # cut to the local day
        ("2024-01-31", "not_a_date"),
        ("31/02/2024", "not_a_date"),
        ("31/12/9999", date(9999, 12, 31)),
        (date(2024, 1, 31), date(2024, 1, 31)),
        (datetime(2024, 1, 31, 23, 59), date(2024, 1, 31)),
        (datetime(2024, 1, 31, 17, 30, tzinfo=UTC), date(2024, 2, 1)),
        (True, "not_a_date"),
    ],
)
def test_dates(value: object, expected: object) -> None:
    formats = (*DMY, "%d/%m/%Y %H:%M %z")
    assert one("outbound_cases", "due_at", value, times=formats) == expected


def test_an_instant_is_cut_to_its_day_in_the_home_whatever_zone_plain_times_are_in() -> None:
    """20:00 of 29 February in UTC is 3:00 of 1 March in Jakarta; a plain date is as written."""
    for text, day in (
        ("2024-02-29T20:00:00Z", date(2024, 3, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ):
        found = one("outbound_cases", "due_at", text, timezone="UTC", days_in="Asia/Jakarta")
        assert found == day


@pytest.mark.parametrize("value", ["2024-01-16", "2024-01-16 00:00", date(2024, 1, 16)])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_a_day_alone_begins_in_the_home_whatever_zone_plain_times_are_in(
    value: object, zone: str
) -> None:
    """A midnight that is written is a moment of the source; of 16 January alone it is the home's.

    Read in Tokyo's it would be 22:00 of the 15th in Jakarta, in time for a complaint due then.
    """
    found = one("complaints", "followed_up_at", value, timezone=zone, days_in="Asia/Jakarta")
    written = datetime(2024, 1, 16, tzinfo=ZoneInfo(zone if " " in str(value) else "Asia/Jakarta"))
    assert found == written.astimezone(UTC)


def test_days_alone_are_the_homes_beside_times_and_where_clocks_change_at_midnight() -> None:
    """Cairo has no midnight on 26 April 2024: the day begins at 1:00 there, 22:00 of UTC's 25th."""
    texts = ["2024-04-26", "2024-04-27", "2024-04-27 12:00"]
    found = run("payments", {"paid_at": texts}, timezone="UTC", days_in="Africa/Cairo")
    begins = ("2024-04-25T22:00:00", "2024-04-26T21:00:00", "2024-04-27T12:00:00")
    assert found.accepted["paid_at"].to_list() == [utc(begin) for begin in begins]


@pytest.mark.parametrize(
    "formats", ["%H:%M", "%d/%m/%Y %Q", "%d/%m/%Y %I:%M", "%m/%Y", "%d/%m/%Y %H", "%d/%m/%Y %"]
)
def test_formats_that_cannot_say_a_time_are_refused_at_once(formats: str) -> None:
    with pytest.raises(FormatError, match="%"):
        Conventions("Asia/Jakarta", times=(formats,))


def by_hand(local: datetime, zone: str) -> datetime | str:
    """The standard library's own reading of a local time, as an oracle."""
    found = {
        at.astimezone(UTC)
        for fold in (0, 1)
        if (at := local.replace(tzinfo=ZoneInfo(zone), fold=fold))
        and at.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    }
    if len(found) == 1:
        return found.pop()
    return "time_exists_twice" if found else "time_does_not_exist"


@examples(15)
@given(
    st.sampled_from(["Asia/Jakarta", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]),
    st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)),
    st.integers(1, 3_000),
)
def test_local_times_are_read_as_the_standard_library_reads_them(
    zone: str, start: datetime, days: int
) -> None:
    quarters = [
        start.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=15) * n
        for n in range(0, days * 96, max(1, days * 96 // 400))
    ]
    texts = [f"{at:%d/%m/%Y %H:%M:%S}" for at in quarters]
    outcome = run("payments", {"paid_at": texts}, times=DMY, timezone=zone)
    got: dict[int, object] = dict(outcome.accepted.select("_row", "paid_at").rows())
    got |= dict(outcome.rejects.select("_row", "rule").rows())
    assert [got[row] for row in range(1, len(texts) + 1)] == [by_hand(at, zone) for at in quarters]
