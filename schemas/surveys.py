"""Survey responses: one answer to one question, on a declared scale.

Blank means "not rated", and so does 0 unless `scale_min` says that the scale begins there.
Services are free words here (another organisation has others); which of them count is for the
register.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.shape import Contract, Rows, Score, Time, count, optional, words

STATUSES = ("completed", "refused", "wrong_person", "unreachable", "not_rated")

LEAST = pl.col("scale_min").fill_null(0)
IS_SCALE = ((pl.col("scale_max") > LEAST) & (LEAST >= 0)).fill_null(False)


class SurveyResponse(Rows):
    response_id: str
    service: str
    responded_at: Time
    status: str = words(*STATUSES)
    score: Score = optional()
    scale_min: Score = optional()
    scale_max: Score = optional()
    mode: str = optional()
    question: str
    contact_id: str = optional()
    respondent_key: str = optional()
    responses: int = count()

    @pa.dataframe_check(name="scale_max:scale_missing", n_failure_cases=1)
    @classmethod
    def scored_has_a_scale(cls, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("status") != "completed") | IS_SCALE)

    @pa.dataframe_check(name="score:score_out_of_scale", n_failure_cases=1)
    @classmethod
    def score_is_on_the_scale(cls, data: PolarsData) -> pl.LazyFrame:
        on_scale = (pl.col("score") >= LEAST) & (pl.col("score") <= pl.col("scale_max"))
        judged = (pl.col("status") == "completed") & IS_SCALE
        return data.lazyframe.select(~judged | on_scale)


def mark_not_rated(frame: pl.DataFrame) -> pl.DataFrame:
    """A completed response without a score becomes `not_rated`, with no score."""
    is_no_score = (pl.col("score") == 0) & (pl.col("scale_min").fill_null(1) > 0)
    is_blank = pl.col("score").is_null() | is_no_score
    unrated = (pl.col("status") == "completed") & is_blank
    return frame.with_columns(
        status=pl.when(unrated).then(pl.lit("not_rated")).otherwise("status"),
        score=pl.when(unrated).then(None).otherwise("score"),
    )


SURVEYS = Contract(
    kind="surveys",
    model=SurveyResponse,
    key="response_id",
    dated_by=("responded_at",),
    identifiers={"respondent": "respondent_key"},
    defaults={"status": "completed", "question": "overall", "responses": 1},
    lowered=frozenset({"service", "status", "mode", "question"}),
    prepare=mark_not_rated,
)
