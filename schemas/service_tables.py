"""The register's tables of when the service was there: its hours, events, what events mean.

What an event does to the figures is stated here as data (`event_kinds`), not in code. Rules
that span rows are in `service_rules`.
"""

from __future__ import annotations

from schemas.register_columns import (
    ASSUMED,
    AUTHORITY,
    CONTACT_CHANNELS,
    NOTE,
    TITLE,
    VALID_FROM,
    VALID_TO,
    Column,
    TableSpec,
    choice,
    ident,
)

DAYS = (
    "every", "weekday", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "month_last_day",
)  # fmt: skip
_CHANNELS = choice(*CONTACT_CHANNELS)


def _means(name: str, what: str) -> Column:
    return Column(name, "bool", f"True where {what}.")


SERVICE_TABLES = (
    TableSpec("service_hours", "When the service is open, in local time. A contact that came at "
        "another time and was not answered is after_hours. A row of the queue itself goes before "
        "`*`; then month_last_day before a named day, that before weekday and weekend, those "
        "before every. Several such rows are several windows of the day; a day without a row is "
        "open throughout. One row per window and validity.",
        (
            ident("hours_id", "Id of the window."),
            Column("channel", _CHANNELS, "Channel: phone, chat."),
            Column("queue", "text", "Name of the queue; `*`: every queue without a row of its "
                   "own for the day."),
            VALID_FROM, VALID_TO,
            Column("days", choice(*DAYS), "Days on which the window holds; month_last_day is the "
                   "month's last calendar day."),
            Column("opens", "time", "First minute of service, local time HH:MM; null with closes: "
                   "closed all day.", True),
            Column("closes", "time", "Minute from which the service is closed, local time HH:MM, "
                   "24:00 for midnight; null with opens: closed all day.", True),
            AUTHORITY, ASSUMED, NOTE,
        ),
        ("hours_id", "valid_from"), may_be_absent=True,
    ),
    TableSpec("event_kinds", "What a kind of event means for the figures. One row per kind.",
        (
            ident("kind", "Name of the kind."), TITLE,
            _means("is_incident", "contacts that came in its window are left out of the service "
                   "level without incidents (the full one keeps them)"),
            _means("closes_service", "nobody serves in its window: who came then and was not "
                   "answered is after_hours"),
            _means("explains_gap", "a day that lies wholly in its window may lack its export"),
            _means("breaks_series", "months from its beginning on do not compare with those "
                   "before"),
            AUTHORITY, ASSUMED, NOTE,
        ),
        ("kind",), may_be_absent=True,
    ),
    TableSpec("events", "What happened to the service: restarts, migrations, incidents, holidays. "
        "One row per event.",
        (
            ident("event_id", "Id of the event."),
            ident("kind", "Kind of event; event_kinds says what it means."),
            Column("begins_at", "moment", "First moment, local time: YYYY-MM-DD HH:MM, or a day "
                   "alone for its beginning."),
            Column("ends_at", "moment_end", "First moment after it, local time: YYYY-MM-DD HH:MM, "
                   "or a day alone for the end of that day; null for a kind that has no window.",
                   True),
            Column("channel", _CHANNELS, "Channel: phone, chat; null: all.", True),
            Column("queue", "text", "Name of the queue; `*`: every queue."),
            TITLE, AUTHORITY, ASSUMED, NOTE,
        ),
        ("event_id",), may_be_absent=True,
    ),
)  # fmt: skip
