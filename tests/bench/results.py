"""What was measured, for readers: the table, the targets, docs/benchmarks.md and its plot.

Seconds are of one machine, so that what counts are ratios within one session. Nothing is
measured here.
"""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import plot
import targets
from measure import Measured
from scenes import Scenes, Taken

WHAT = {
    "duckdb contacts": "DuckDB by hand: contacts alone to the service level (b)",
    "duckdb all": "DuckDB by hand: every export into tables, and the service level (b, all)",
    "polars": "Polars script: service level alone (c)",
    "pandas": "pandas script: service level alone (c)",
    "cold": "kring, cold: files to published version (a)",
    "cold, contacts alone": "kring, cold, of contacts alone",
    "cold, one file": "kring, cold, each kind of export in one file (a)",
    "day": "kring, one more day, the last of a month (d)",
    "first day of a month": "kring, one more day, the first of a month (d)",
    "nothing": "kring, nothing new (e)",
    "late row": "kring, one late row of an old month (f)",
    "target": "kring, a target changed (g)",
    "policy": "kring, a policy changed for one month (g)",
    "status": "kring status (h)",
    "explain": "kring explain 3a-N 2024-Q3 (h)",
    "queries": "ten queries on the published database (i)",
    "queries by hand": "the same on hand-made tables (i)",
    "copy": "COPY FROM DATABASE of the published database",
}
INTRO = """# Benchmarks

What a run costs beside what one would write by hand, measured in one session by `make bench`;
this page is written by it. All data are synthetic. Machine: {machine}.
Compare ratios; seconds are this machine's alone.

Each measurement is a process of its own. Peak memory is the process' largest resident set, bytes
written are those the kernel counted. Exports had just been written, so every way read them from
the page cache. Every way to the monthly service level gave the same counts, or there would be
no page.

```sh
make bench                       # a million and ten million contacts; about 15 GB of disk
make bench SIZES="200000 800000"
.venv/bin/python tests/bench/campaign.py 1000000 --only day late --dir /fast/disk --json out.json
.venv/bin/python tests/bench/campaign.py 50000000 --only cold --memory 2GB --minutes 600
```

The last one holds kring's process to a limit by a control group, which takes root or a delegated
group; it counts the page cache too, which the kernel gives back under pressure. Where none can be
made, it says so, and the peak that was measured is to be read against the limit. What a
session made is removed at its end, also at Ctrl-C.

## Targets

{targets}

{notes}

## Cost against size

![Seconds against number of contacts, both axes logarithmic](benchmarks.svg)

## Everything measured

"x (b)" is against the DuckDB script that loads contacts alone, in wall time and in processor
time; where the two differ much, other work was on the machine. "Files" are those kring
left new or changed, with their megabytes; "steps" is what a run waited for, by Dagster's books:
of what is built ahead of its step, no more than was left of it when its step came.

{contents}

{table}
{others}"""
NOTES = """"Publish aside" takes the publishing step out of the wall time. "Outside the steps" is
all of a run but its steps: starting Python, imports, the judge of staleness, Dagster's plan and
events; so it is more than Dagster's share."""
CONTENTS = """Beside the contacts there are, for 100 of them, 3 survey responses, 30 outbound
cases, 60 attempts and 10 payments, and two rows of activity a day for each agent; a tenth of the
last day of each month is delivered twice. The history ends on 30 December 2024; a day that
comes on top has 27,000 contacts whatever the history."""
MARK = "\n<!-- below: by hand; `make bench` keeps it -->\n"


def table(found: dict[int, Scenes]) -> str:
    """Every measurement of every size, as Markdown."""
    lines = [
        "| contacts | what | wall s | x (b) | cpu s | x (b) | peak MB | written MB | files "
        "| steps, s |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for size, scenes in found.items():
        limit = scenes.get("duckdb contacts")
        for name, taken in scenes.items():
            m = taken.measured
            ratio = f"{m.seconds / limit.measured.seconds:.2f}" if limit else ""
            effort = f"{m.cpu_seconds / limit.measured.cpu_seconds:.2f}" if limit else ""
            steps = ", ".join(f"{phase} {s:.1f}" for phase, s in taken.phases.items())
            if m.output.startswith("{") and "months_rebuilt" in (ran := json.loads(m.output)):
                steps = f"{len(ran['months_rebuilt'])} months rebuilt: {steps}"
            files = f"{taken.files} ({taken.file_mb:,.1f} MB)" if taken.files else ""
            lines.append(
                f"| {size:,} | {WHAT.get(name, name)} "
                f"| {m.seconds:.2f} | {ratio} | {m.cpu_seconds:.2f} | {effort} "
                f"| {m.peak_mb:,.0f} | {m.written_mb:,.1f} | {files} | {steps} |"
            )
    return "\n".join(lines)


def plain(found: dict[int, Scenes]) -> dict[int, dict[str, object]]:
    """The measurements for another program."""
    return {
        size: {name: dataclasses.asdict(taken) for name, taken in scenes.items()}
        for size, scenes in found.items()
    }


def read(path: Path) -> dict[int, Scenes]:
    """The measurements of an earlier session, of the same machine."""
    return {
        int(size): {
            name: Taken(**{**taken, "measured": Measured(**taken["measured"])})
            for name, taken in scenes.items()
        }
        for size, scenes in json.loads(path.read_text(encoding="utf-8")).items()
    }


def machine() -> str:
    """Cores and memory; whose it is does not matter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory"


def write(found: dict[int, Scenes], docs: Path) -> None:
    """Write the page and its plot; what stands below the mark in the page is kept."""
    page = docs / "benchmarks.md"
    kept = page.read_text(encoding="utf-8").partition(MARK)[2] if page.exists() else ""
    text = INTRO.format(
        machine=machine(), targets=targets.table(found), notes=NOTES, contents=CONTENTS,
        table=table(found), others=MARK + kept if kept else MARK,
    )  # fmt: skip
    page.write_text(text, encoding="utf-8")
    (docs / "benchmarks.svg").write_text(plot.drawn(found), encoding="utf-8")
