"""The monthly service level by a Polars script, as a user would write it: `... LANDING`."""

import json
import sys

import polars as pl

landing = sys.argv[1]
calls = (
    pl.scan_csv(
        f"{landing}/calls/*.csv",
        separator=";",
        decimal_comma=True,
        schema_overrides={"Wait": pl.Float64},
    )
    .select("Call ID", "Entered", "Outcome", "Wait")
    .unique("Call ID")
    .select(
        pl.lit("phone").alias("channel"),
        pl.col("Entered").str.to_datetime("%d/%m/%Y %H:%M:%S").dt.strftime("%Y-%m").alias("month"),
        met=(pl.col("Outcome") == "Answered") & (pl.col("Wait") <= 20),
        offered=pl.col("Outcome").is_in(["Answered", "Abandoned"]),
    )
)
chats = (
    pl.scan_csv(f"{landing}/chats/*.csv", schema_overrides={"requested_at": pl.String})
    .select("id", "requested_at", "status", "waited")
    .unique("id")
    .select(
        pl.lit("chat").alias("channel"),
        pl.col("requested_at")
        .str.to_datetime("%Y-%m-%dT%H:%M:%SZ")
        .dt.offset_by("7h")
        .dt.strftime("%Y-%m")
        .alias("month"),
        met=(pl.col("status") == "handled") & (pl.col("waited") <= 300),
        offered=pl.lit(True),
    )
)
found = (
    pl.concat([calls, chats])
    .group_by("channel", "month")
    .agg(pl.col("met", "offered").sum())
    .sort("channel", "month")
    .collect(engine="streaming")
)
print(json.dumps({f"{c} {m}": [met, offered] for c, m, met, offered in found.rows()}))
