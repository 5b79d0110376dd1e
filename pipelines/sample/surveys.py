"""Customer surveys: scores of four services whose quarters print the report's cells.

Responses refer to contacts of the same quarter. Beside completed ones there are those who
refused, were the wrong person or could not be reached, and completed ones without a rating.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.sample.cells import QUARTER_LEEWAY, SATISFACTION, TOP_SCORE, printable_counts
from pipelines.sample.people import phone_numbers
from pipelines.sample.volumes import DAY, HOUR, SECOND, Calendar, Ints

RATED = 15_400  # a year at scale 1
SHARES = {"Inbound": 0.50, "Outbound": 0.18, "Pengaduan": 0.06, "Medsos": 0.26}
SMALLEST_CELL = 50  # fewer answers would not bear a figure
# Per rated response; the first are completed without a rating.
UNRATED = {"Selesai": 0.04, "Menolak": 0.10, "Salah orang": 0.04, "Tidak terhubung": 0.12}
SCORES = (0.03, 0.04, 0.10, 0.28, 0.55)  # of 1 to 5
LINKED = {"Inbound": 1.0, "Outbound": 1.0, "Pengaduan": 0.0, "Medsos": 0.6}


def surveys(
    rng: np.random.Generator, of: Calendar, contacts: Mapping[str, pl.DataFrame], scale: float
) -> pl.DataFrame:
    """Every response of the year by time of submission.

    `contacts` holds, per service, the id and the end (local ms) of contacts to ask about; a
    service without any is surveyed without naming a contact.
    """
    cells = []
    for service, printed in SATISFACTION.items():
        for quarter, cell in enumerate(printed):
            wanted = max(SMALLEST_CELL, round(RATED * SHARES[service] * scale / 4))
            n, total = printable_counts(cell, wanted, top=TOP_SCORE, leeway=QUARTER_LEEWAY[quarter])
            scores = [str(score) for score in _scores(rng, n, total).tolist()]
            statuses = ["Selesai"] * n
            for status, share in UNRATED.items():
                extra = round(n * share)
                statuses += [status] * extra
                scores += [("0", "")[i % 2] if status == "Selesai" else "" for i in range(extra)]
            bounds = of.quarter_bounds(quarter)
            ids, submitted = _asked_about(rng, contacts.get(service), bounds, len(scores))
            cells.append(
                pl.DataFrame(
                    {"submitted": submitted, "score": scores, "status": statuses, "contact": ids}
                ).with_columns(service=pl.lit(service))
            )
    rows = pl.concat(cells).sort("submitted", maintain_order=True)
    return rows.with_columns(
        pl.Series("respondent", phone_numbers(rng, rows.height)),
        id=pl.lit(f"SV{of.year % 100:02d}-")
        + pl.int_range(1, rows.height + 1).cast(pl.String).str.zfill(6),
    )


def _scores(rng: np.random.Generator, n: int, total: int) -> Ints:
    """n scores of 1..5 that add up to the total, near the usual distribution."""
    scores = rng.choice(np.arange(1, TOP_SCORE + 1), n, p=SCORES)
    while gap := total - int(scores.sum()):
        step = 1 if gap > 0 else -1
        room = np.flatnonzero(scores < TOP_SCORE if step > 0 else scores > 1)
        scores[rng.permutation(room)[: abs(gap)]] += step
    return scores.astype(np.int64)


def _asked_about(
    rng: np.random.Generator, contacts: pl.DataFrame | None, bounds: tuple[int, int], n: int
) -> tuple[list[str | None], Ints]:
    """Contact and time of submission of n responses, both inside the quarter."""
    start, end = bounds
    if contacts is None or contacts.is_empty():
        days = rng.integers(start // DAY, end // DAY, n)
        return [None] * n, days * DAY + rng.integers(8 * 3600, 20 * 3600, n) * SECOND
    inside = contacts.filter(pl.col("ended").is_between(start, end - DAY))
    chosen = rng.integers(0, inside.height, n)
    delay = np.minimum(rng.exponential(2 * HOUR, n), 20 * HOUR).astype(np.int64) + 60 * SECOND
    submitted = (inside["ended"].to_numpy()[chosen] + delay) // SECOND * SECOND
    return inside["id"].gather(chosen).to_list(), submitted


def askable(
    rng: np.random.Generator, calls: pl.DataFrame, chats: pl.DataFrame, reached: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The contacts each service asks about; complaints have none of their own here."""
    answered = {"Inbound": calls, "Medsos": chats}
    frames = {
        service: frame.filter("answered").select("id", "ended")
        for service, frame in answered.items()
    } | {"Outbound": reached}
    # Of social media only a part are live chats; the other posts have no id in any export.
    return {
        service: frame.with_columns(
            id=pl.when(pl.Series(rng.random(frame.height) < LINKED[service])).then("id")
        )
        for service, frame in frames.items()
    }


def exported(rows: pl.DataFrame) -> pl.DataFrame:
    """The responses as the survey tool exports them; Submitted stays a date-time."""
    submitted = pl.from_epoch("submitted", "ms")
    return rows.select(
        pl.col("id").alias("Response ID"),
        pl.col("service").alias("Service"),
        submitted.alias("Submitted"),
        pl.col("score").alias("Score"),
        pl.lit(str(TOP_SCORE)).alias("Scale"),
        pl.col("status").alias("Status"),
        pl.col("respondent").alias("Respondent"),
        pl.col("contact").fill_null("").alias("Contact ID"),
        submitted.dt.strftime("%Y%m").alias("_file"),
    )
