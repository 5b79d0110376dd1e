"""Where the runs of a home spent their time, from Dagster's own books: `phases.py HOME SINCE`.

Prints seconds by phase as JSON. What is outside the steps is the command itself: imports, the
judge of staleness, Dagster's plan and events.
"""

import json
import os
import sys
from pathlib import Path

PHASES = {"ledger": "ingest", "published__snapshot": "publish"}


def phases(home: Path, since: float) -> dict[str, float]:
    """Seconds in steps of the runs created since then, by phase."""
    os.environ["DAGSTER_HOME"] = str(home / "dagster")
    os.environ["KRING_HOME"] = str(home)
    from dagster import DagsterInstance

    spent: dict[str, float] = {}
    with DagsterInstance.get() as instance:
        for record in instance.get_run_records():
            if record.create_timestamp.timestamp() < since:
                continue
            for step in instance.get_run_step_stats(record.dagster_run.run_id):
                if step.start_time and step.end_time:
                    phase = PHASES.get(step.step_key, step.step_key.partition("__")[0])
                    spent[phase] = spent.get(phase, 0) + step.end_time - step.start_time
    return {phase: round(seconds, 2) for phase, seconds in spent.items()}


if __name__ == "__main__":
    print(json.dumps(phases(Path(sys.argv[1]), float(sys.argv[2]))))
