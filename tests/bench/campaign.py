"""The benchmark: `python tests/bench/campaign.py [SIZE ...]`, or `make bench`.

Each size in turn, each measurement a process of its own, side by side with what a user would
write instead. Fails where their figures differ from those published. Its folder is removed at
the end, also at Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE)]

import results  # noqa: E402
import scenes  # noqa: E402
import targets  # noqa: E402
from measure import FailedError  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 1 where something failed or figures differ."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found: dict[int, scenes.Scenes] = results.read(asked.join) if asked.join else {}
    until = time.monotonic() + 60 * asked.minutes
    try:
        with scratch(asked.dir) as folder:
            for size in asked.sizes:
                place = scenes.Bench(folder / str(size), size, asked.memory)
                # kept from the first measurement on, so that a failure shows what there is
                found[size] = {}
                scenes.played(place, asked.only, found[size], until)
                shutil.rmtree(place.folder)
    except (FailedError, scenes.DifferError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)
        return 130
    finally:
        print(targets.table(found), results.table(found), sep="\n\n")
        if asked.json:
            asked.json.write_text(json.dumps(results.plain(found), indent=1), encoding="utf-8")
    if asked.write:
        results.write(found, ROOT / "docs")
    return 0


@contextmanager
def scratch(under: Path) -> Iterator[Path]:
    """A folder that is gone afterwards."""
    under.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=under))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, prog="campaign.py")
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000_000, 10_000_000],
                        help="contacts of the history; several in turn")  # fmt: skip
    parser.add_argument("--only", nargs="+", choices=list(scenes.SCENES), default=None,
                        help="these scenes, beside the exports and the cold run")  # fmt: skip
    parser.add_argument("--minutes", type=float, default=60,
                        help="nothing is begun after so many")  # fmt: skip
    parser.add_argument("--memory", help="a limit for each kring process, such as 2GB")
    parser.add_argument("--dir", type=Path, default=ROOT / ".tmp/bench", help="where to work")
    parser.add_argument("--json", type=Path, help="write what was measured there")
    parser.add_argument("--join", type=Path, help="what an earlier session wrote by --json")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and .svg")
    return parser


if __name__ == "__main__":
    sys.exit(main())
