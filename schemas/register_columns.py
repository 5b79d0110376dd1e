"""What a register table is made of: columns, dated series, the columns many tables share, and the
closed lists (periods, levels, kinds of export) that others go by as well.

The tables themselves are in `register_tables`, the rules that span rows in `register_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

PERIODS = {
    "Q1": (1, 3), "Q2": (4, 6), "S1": (1, 6), "Q3": (7, 9), "YTD-Q3": (1, 9), "Q4": (10, 12),
    "Y": (1, 12),
}  # fmt: skip
"""The periods of a year, in the order they are shown in: first and last month."""
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
LEVELS = ("organisation", "perspective", "objective")
KINDS = (
    "calls", "chats", "surveys", "outbound_attempts", "outbound_cases", "payments",
    "agent_activity", "complaints",
)  # fmt: skip
# kinds whose exports list what is still to be done, which leaves the list once it is
LISTS = ("outbound_cases",)
# and those that may be such lists
PERHAPS_LISTS = (*LISTS, "complaints")
CONTACT_CHANNELS = ("phone", "chat")
OCCUPANCY_PARTS = ("active", "hold", "acw", "not_ready", "available")


def choice(*words: str) -> str:
    return f"choice({'|'.join(words)})"


@dataclass(frozen=True)
class Column:
    """One column; `type` is text, date, integer, decimal(p,s), weight, bool, choice(a|b),
    time (HH:MM), moment (day, or day and time) or moment_end (a day alone: its end)."""

    name: str
    type: str
    description: str
    empty: bool = False  # whether a cell may be left empty (null)
    identifier: bool = False  # snake_case, because it becomes part of file names and SQL
    low: int | None = None  # bounds of a number, inclusive
    high: int | None = None
    verbatim: bool = False  # quoted from a document: `-` or `n/a` are what it prints

    @property
    def choices(self) -> tuple[str, ...]:
        if not self.type.startswith("choice("):
            return ()
        return tuple(self.type.removeprefix("choice(").removesuffix(")").split("|"))


@dataclass(frozen=True)
class Series:
    """Dated rows that share `columns` follow each other: no overlap and, if `gaps`, no hole."""

    columns: tuple[str, ...]
    gaps: bool
    advice: str


@dataclass(frozen=True)
class TableSpec:
    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    series: tuple[Series, ...] = ()
    absent: tuple[str, ...] = ()  # columns that a file may leave out
    strangers: bool = False  # whether other columns may stand beside them
    # a home laid out before the table existed has no file of it: no rows
    may_be_absent: bool = False


def ident(name: str, description: str, empty: bool = False) -> Column:
    return Column(name, "text", description, empty, identifier=True)


VALID_FROM = Column("valid_from", "date", "First day on which the row holds.")
VALID_TO = Column("valid_to", "date", "Last day on which the row holds; null: open.", True)
AUTHORITY = Column("authority", "text", "On whose word the row stands: document, decree or person.")
ASSUMED = Column("is_assumption", "bool", "True where the row is our reading and not printed.")
NOTE = Column("note", "text", "What a reader should know; null: nothing.", True)
OWNER = Column("owner", "text", "Who answers for the figure.")
YEAR = Column("year", "integer", "Calendar year.", low=1900, high=2200)
CHANNEL = ident("channel", "Only this channel of the metric (phone, chat); null: no filter.", True)
SERVICE = ident("service", "Only this surveyed service of the metric; null: no filter.", True)
TITLE = Column("title", "text", "Name shown to readers.")
KPI_ID = ident("kpi_id", "Stable id of the KPI; survives changes of code and name.")
FOLLOWS_DAY = "close the earlier row with valid_to on the day before the later one begins"

_TREATMENT = choice("exclude", "count", "credit", "credit_within_threshold")


def _treated(name: str, what: str) -> Column:
    text = f"{what}: exclude (not in the denominator), count (denominator only), credit (counted"
    return Column(name, _TREATMENT, f"{text} as met) or credit_within_threshold (met if in time).")


SWITCHES = (
    Column("comparator", choice("<=", "<"),
           "Whether a wait of exactly the threshold is in time (<=) or not (<)."),
    Column("abandons",
           choice("count", "ignore", "credit_within_threshold", "after_threshold_only"),
           "Abandoned contacts: count (denominator), ignore (left out), credit_within_threshold "
           "(denominator, and met if abandoned in time), after_threshold_only (denominator only "
           "if abandoned later than the threshold)."),
    Column("short_abandon_seconds", "decimal(12,3)",
           "Abandons that waited at most this many seconds are short, and treated by "
           "short_abandons before `abandons` is looked at; 0: no such rule. Seconds.", low=0),
    Column("short_abandons", choice("exclude", "credit"),
           "Short abandons: exclude (left out) or credit (denominator, counted as met)."),
    _treated("flow_out", "Contacts sent elsewhere"),
    _treated("callback", "Contacts that asked to be called back"),
    _treated("voicemail", "Contacts that left a voicemail"),
)  # fmt: skip
