"""The monthly service level by a pandas script, as a user would write it: `... LANDING`."""

import json
import sys
from pathlib import Path

import pandas as pd

landing = Path(sys.argv[1])
calls = pd.concat(
    pd.read_csv(file, sep=";", decimal=",", usecols=["Call ID", "Entered", "Outcome", "Wait"])
    for file in sorted(landing.glob("calls/*.csv"))
).drop_duplicates("Call ID")
entered = pd.to_datetime(calls["Entered"], format="%d/%m/%Y %H:%M:%S")
phone = pd.DataFrame(
    {
        "channel": "phone",
        "month": entered.dt.to_period("M").astype(str),
        "met": (calls["Outcome"] == "Answered") & (calls["Wait"] <= 20),
        "offered": calls["Outcome"].isin(["Answered", "Abandoned"]),
    }
)
chats = pd.concat(
    pd.read_csv(file, usecols=["id", "requested_at", "status", "waited"])
    for file in sorted(landing.glob("chats/*.csv"))
).drop_duplicates("id")
local = pd.to_datetime(chats["requested_at"], format="%Y-%m-%dT%H:%M:%SZ") + pd.Timedelta(hours=7)
chat = pd.DataFrame(
    {
        "channel": "chat",
        "month": local.dt.to_period("M").astype(str),
        "met": (chats["status"] == "handled") & (chats["waited"] <= 300),
        "offered": True,
    }
)
found = pd.concat([phone, chat]).groupby(["channel", "month"])[["met", "offered"]].sum()
counts = zip(found.index, found.to_numpy().tolist(), strict=True)
print(json.dumps({f"{channel} {month}": row for (channel, month), row in counts}))
