"""What of accepted rows a person should look at twice: each is right, and together they may not be.

Sentences of counts and columns, without any value. What cannot be right is the contract's, or
`chunks`', and is rejected.
"""

from __future__ import annotations

import polars as pl

from assets.trial.units import SOME, of_units
from schemas.contract import Contract
from schemas.times import LOCAL
from schemas.zones import local_day, to_utc

_MANY = 100  # contacts of which one gives up
_OFTEN = 20  # attempts that one case may take
_FEW = 10  # fewer than one in so many may be real: counted by the hour, one in 24 is at midnight


def doubts(
    rows: pl.DataFrame, kind: Contract, timezone: str, days_in: str, selected: frozenset[str]
) -> tuple[str, ...]:
    """What to ask of the accepted rows of one file; `timezone` is the source's, `days_in` the
    home's, `selected` are the columns that its select returns."""
    found = (
        _low_on_the_scale(rows),
        _at_midnight(rows, (timezone, days_in)),
        _day_and_month(rows, kind, timezone),
        _none_gave_up(rows),
        _waits_until_giving_up(rows),
        _one_wait_of_many(rows),
        _without_due_dates(rows),
        _reversals(rows),
        _attempts_of_many(rows),
        _always_null(rows, selected),
        *of_units(rows, selected),
    )
    return tuple(sentence for sentence in found if sentence)


def not_rated(rows: pl.DataFrame, cells: pl.DataFrame) -> tuple[str, ...]:
    """A blank is not rated, which leaves nothing to ask; of a 0 only its scale knows. `cells` are
    what the select returned, of the accepted `rows` and others."""
    if "scale_min" not in rows.columns:
        return ()
    unrated = rows.filter(pl.col("status") == "not_rated", pl.col("scale_min").fill_null(1) > 0)
    scores = cells.join(unrated, on="_row", how="semi")["score"].cast(pl.String).str.strip_chars()
    zeros = int(scores.str.contains(r"^[+-]?0+([.,]0+)?$").sum())
    if not zeros:
        return ()
    return (
        f"{zeros} of {rows.height} responses are not_rated since their score is 0; "
        "where 0 is an answer, the scale begins there: return 0 as scale_min",
    )


def _low_on_the_scale(rows: pl.DataFrame) -> str:
    """Scores of 1 to 5, or shares of 1, on a scale to 10: each is on it, and none is high."""
    if "scale_max" not in rows.columns:
        return ""
    rated = rows.filter(pl.col("status") == "completed", pl.col("scale_max").is_not_null())
    of = rated.group_by("question", "scale_max").agg(pl.col("score").max(), number=pl.len())
    low = of.filter(pl.col("number") >= SOME, 2 * pl.col("score") <= pl.col("scale_max"))
    if low.is_empty():
        return ""
    most = low.sort("question", "scale_max").row(0, named=True)
    return (
        f"score is at most half of scale_max ({most['scale_max'].normalize():f}) in all of "
        f"{most['number']} responses: is that the scale of the answers?"
    )


def _at_midnight(rows: pl.DataFrame, zones: tuple[str, str]) -> str:
    """A date alone is midnight, when a centre may be closed and nobody can abandon: at home, or
    where the select made a time of it, in the source's zone."""
    if "entered_at" not in rows.columns:
        return ""
    entered = rows["entered_at"]
    midnights = (to_utc(local_day(entered, zone).cast(LOCAL), zone).values for zone in zones)
    found = max(int((entered == midnight).sum()) for midnight in midnights)
    if found * _FEW < max(rows.height, 1) or found == 1 < rows.height:  # one of several may be real
        return ""
    return (
        f"entered_at has no time of day in {found} of {rows.height} rows: they count at 00:00, and "
        "outside service hours whoever was not answered is after_hours; "
        "return a time within them, such as \"Day\" || ' 12:00'"
    )


def _day_and_month(rows: pl.DataFrame, kind: Contract, timezone: str) -> str:
    """The days of one month, read with day and month exchanged: one day of many months."""
    column = kind.dated_by[0]
    times = rows[column].drop_nulls()
    if times.dtype == pl.Date or times.dt.time().n_unique() < SOME:
        return ""
    days = local_day(times, timezone).unique()
    months = days.dt.truncate("1mo").n_unique()
    if days.dt.day().n_unique() > 1 or months < 3:
        return ""
    return (
        f"{column} is of day {days.dt.day()[0]} of {months} months, and of no other day: are day "
        "and month exchanged in `times`?"
    )


def _none_gave_up(rows: pl.DataFrame) -> str:
    if "outcome" not in rows.columns:
        return ""
    counted = rows.filter(pl.col("contacts") > 0)
    answered = int(counted["contacts"].sum())
    if answered < _MANY or not (counted["outcome"] == "answered").all():
        return ""
    return (
        f"all {answered} contacts are answered: where are those who gave up? Without them "
        "abandonment is 0 and the service level too high"
    )


def _waits_until_giving_up(rows: pl.DataFrame) -> str:
    """Whether who gave up was short is then not known, and a rule that asks it has no figure."""
    if "outcome" not in rows.columns:
        return ""
    abandoned = rows.filter(pl.col("outcome") == "abandoned", pl.col("contacts") > 0)
    waits = pl.col("wait_seconds", "wait_within_seconds", "wait_over_seconds")
    unknown = abandoned.filter(pl.all_horizontal(waits.is_null())).height
    if not unknown:
        return ""
    return (
        f"{unknown} of {abandoned.height} abandoned rows have no wait: a rule that leaves out or "
        "credits short abandons has no figure then. Return wait_seconds, or ended_at"
    )


def _without_due_dates(rows: pl.DataFrame) -> str:
    """Of what was promised for no day, nothing is late."""
    if "to_follow_up" not in rows.columns:
        return ""
    undated = rows.filter(pl.col("to_follow_up"), pl.col("due_at").is_null()).height
    if not undated:
        return ""
    return (
        f"{undated} of {rows.height} complaints have no due_at: once followed up, they are on time "
        "however late that was; where a promise holds for them, return its day, such as the day of "
        "receipt and 5 days"
    )


def _reversals(rows: pl.DataFrame) -> str:
    """A reversal under a number of its own takes nothing back, and what it reversed counts on."""
    if "payment_id" not in rows.columns:
        return ""
    paid = rows.filter(pl.col("amount").is_null() | (pl.col("amount") > 0))
    reversals = rows.filter(pl.col("amount") <= 0)
    alone = reversals.join(paid, on="payment_id", how="anti").height
    if not alone:
        return ""
    return (
        f"{alone} of {rows.height} payments have an amount of 0 or less and an id of no other row: "
        "each takes back the payment that had its id before. Where it has a number of its own, "
        "return that of the payment it reverses as payment_id"
    )


def _attempts_of_many(rows: pl.DataFrame) -> str:
    """A case is called now and then; what is called a hundred times is a day or a campaign."""
    if "attempts" not in rows.columns:
        return ""
    tried = rows["attempts"].filter(rows["attempts"] > 0)
    if not tried.len() or tried.median() <= _OFTEN:  # type: ignore[operator]
        return ""
    return (
        f"attempts is above {_OFTEN} in most of {tried.len()} rows: does a row stand for many "
        "cases? A case counts once however often it was tried, so that success in contacting needs "
        "rows of single cases"
    )


def _always_null(rows: pl.DataFrame, selected: frozenset[str]) -> str:
    """A helper gives null of what it cannot read, and a text handed on would be rejected."""
    empty = [c for c in rows.columns if c in selected and rows[c].null_count() == rows.height]
    if rows.height < SOME or not empty:
        return ""
    return (
        f"null in all of {rows.height} rows: {', '.join(empty)}. Is the text read of what is "
        "computed? Return the text itself once, and the rejects say how it is written; what the "
        "export does not have is left out"
    )


def _one_wait_of_many(rows: pl.DataFrame) -> str:
    """A mean is within the threshold, or is not, and with it would be all whose mean it is."""
    if "wait_seconds" not in rows.columns:
        return ""
    found = rows.filter(
        (pl.col("outcome") == "answered") & (pl.col("contacts") > 1),
        pl.col("wait_seconds").is_not_null(),
        pl.all_horizontal(pl.col("wait_within_seconds", "wait_over_seconds").is_null()),
    ).height
    if not found:
        return ""
    return (
        f"{found} rows stand for several answered contacts with one wait, by which all of them are "
        "in time or none; where it is their mean, return beside it what is known of the single "
        "waits, as wait_within_seconds and wait_over_seconds (0 as wait_over_seconds: nothing)"
    )
