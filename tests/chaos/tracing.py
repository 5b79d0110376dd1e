"""strace: the durable calls a run makes, and a fault at exactly one of them.

A point is the n-th call of its name in the command's main thread. Held to one core, the command
begins no threads of its own, so nearly all of the durable work is done there and the fault meets
the call it was aimed at. On all cores it meets the n-th call of whichever threads come so far.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starts import COMMAND, ROOT, environment

KINDS = {
    "rename": "rename", "renameat": "rename", "renameat2": "rename", "fsync": "fsync",
    "fdatasync": "fsync", "unlink": "unlink", "unlinkat": "unlink", "rmdir": "unlink",
    "mkdir": "mkdir", "mkdirat": "mkdir", "symlink": "symlink", "symlinkat": "symlink",
    "link": "link", "linkat": "link", "chmod": "chmod", "fchmod": "chmod", "fchmodat": "chmod",
    "ftruncate": "write", "write": "write", "pwrite64": "write", "writev": "write",
}  # fmt: skip
FAULTS = {"SIGKILL": "signal=SIGKILL", "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")


@dataclass(frozen=True)
class Point:
    """One durable call of an undisturbed run."""

    call: str
    nth: int
    place: str  # lake/outputs, published, dagster, ...
    path: str

    @property
    def kind(self) -> str:
        return KINDS[self.call]


@dataclass(frozen=True)
class Ended:
    """How a disturbed run ended; `landed` says whether the fault was met."""

    code: int
    said: str
    landed: bool
    at: str


@cache
def missing() -> str:
    """Why strace cannot be used here; empty where it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed (apt-get install strace)"
    trial = [strace, "-qq", "-e", "inject=fsync:error=EIO:when=1", "true"]
    ended = subprocess.run(trial, capture_output=True, text=True)
    return f"strace cannot trace here: {ended.stderr.strip()}" if ended.returncode else ""


def points(root: Path, log: Path, command: Sequence[str] = COMMAND) -> list[Point]:
    """Run undisturbed and list the durable calls below the home, in order."""
    ended = _traced(root, log, [], command)
    assert ended.returncode in (0, 3), ended.stdout + ended.stderr
    lines = log.read_text(errors="replace").splitlines()
    calls = [m for line in lines if (m := _CALL.match(line)) and m[2] in KINDS]
    ((main, _),) = Counter(match[1] for match in calls).most_common(1)
    counts, found = Counter[str](), []
    for match in (match for match in calls if match[1] == main):
        counts[match[2]] += 1
        if path := _below(match[3], root):
            found.append(Point(match[2], counts[match[2]], place_of(path), path))
    return found


def disturbed(
    root: Path, log: Path, point: Point, fault: str, command: Sequence[str] = COMMAND,
    *, all_cores: bool = False,
) -> Ended:  # fmt: skip
    """The command with a fault at one call; an error is the answer of that call alone."""
    inject = ["-e", f"inject={point.call}:{FAULTS[fault]}:when={point.nth}"]
    ended = _traced(root, log, inject, command, all_cores=all_cores)
    lines = log.read_text(errors="replace").splitlines()
    if fault == "SIGKILL":
        landed = ended.returncode == -9
        calls = [line for line in lines if _CALL.match(line)]
        at = next((m[3] for line in reversed(calls) if (m := _CALL.match(line))), "")
    else:
        injected = [line for line in lines if "(INJECTED)" in line]
        landed, at = bool(injected), injected[0] if injected else ""
    return Ended(ended.returncode, ended.stdout + ended.stderr, landed, _below(at, root))


def _traced(
    root: Path, log: Path, inject: list[str], command: Sequence[str], *, all_cores: bool = False
) -> subprocess.CompletedProcess[str]:
    strace = ["strace", "-f", "-y", "-qq", "-s", "400", "-o", str(log)]
    if not any("signal=" in each for each in inject):
        strace.append("--seccomp-bpf")  # faster, but stops in which no signal can be delivered
    return subprocess.run(
        [*strace, "-e", f"trace={','.join(KINDS)}", *inject, *command],
        env=environment(root), cwd=ROOT, capture_output=True, text=True, timeout=180,
        preexec_fn=None if all_cores else _on_one_core,
    )  # fmt: skip


def _on_one_core() -> None:
    os.sched_setaffinity(0, {random.choice(sorted(os.sched_getaffinity(0)))})


def _below(arguments: str, root: Path) -> str:
    """The last path below the home among a call's arguments: where a renamed file goes."""
    found = re.findall(rf"[\"<]{re.escape(str(root))}/([^\"<>]+)", arguments)
    return found[-1] if found else ""


def place_of(path: str) -> str:
    top, _, rest = path.partition("/")
    if top == "lake":
        return f"lake/{rest.partition('/')[0]}" if "/" in rest else "lake"
    return "key" if "key" in top else top
