"""Mutants: one operator, function or constant of a rule altered at a time; do the tests see it?

The tree is copied aside, one place of one file is altered in the copy, and the tests that speak
of that file run there, the quick ones first. A mutant that no test notices is printed. SQL
first of all: indices, consolidation and restatement are SQL. `make mutants`, or
`python tests/mutation/campaign.py SEED SECONDS [TARGET ...]`; one seed draws the same mutants.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESTATEMENT = (
    "test_restatement.py", "test_restatement_causes.py", "test_restatement_climbing.py",
    "test_restatement_files.py", "test_restatement_states.py",
)  # fmt: skip
EDITS, STORY = "stories/test_defend_edits.py", "stories/test_defend_story.py"
CLOSINGS, HELD_OUT = "stories/test_defend_closings.py", "stories/test_defend_held_out.py"
TAMPERING = "stories/test_defend_tampering.py"
COUNTED = (
    "test_cases.py", "test_service_level_rules.py", "test_grains.py", "stories/test_rules.py",
    "stories/test_own_rules.py", "test_recount.py",
)  # fmt: skip
EXPLAINED = (
    "test_explanation_rules.py",
    "test_explanation_kpis.py",
    "test_explain.py",
    "stories/test_defend_codes.py",
    HELD_OUT,
)
# what is altered, and the tests that speak of it in the order in which they run
TARGETS: dict[str, tuple[str, ...]] = {
    "sql/facts/*.sql": COUNTED,
    "sql/metrics/*.sql": COUNTED,
    "sql/checks/*.sql": (
        "test_cases.py", "test_volume_checks.py", "test_volume_limits.py",
        "test_gap_limits.py", "stories/test_checks.py",
    ),
    "sql/tables/*.sql": COUNTED,
    "sql/*_macros.sql": (
        "test_source_macros.py", *COUNTED, "test_volume_checks.py", "test_wilson.py",
    ),
    "sql/kpi/*.sql": (
        "test_cases.py", "stories/test_rules.py", "stories/test_own_rules.py", STORY,
        "test_explain.py",
    ),
    "sql/views/*.sql": ("test_views.py", "test_pending.py"),
    "sql/comparison/*.sql": ("test_compare_sums.py", "test_compare.py", "stories/test_compared.py"),
    "sql/reconciliation/**/*.sql": (
        "test_reconciliation.py", "test_reconciliation_files.py", "test_reconciliation_reports.py",
        "test_reconciliation_limits.py", "test_reconciliation_remarks.py",
        "test_reconciliation_tables.py",
    ),
    "sql/explanation/**/*.sql": EXPLAINED,
    "sql/restatement/**/*.sql": (*RESTATEMENT, EDITS, STORY),
    "sql/performance_report/*.sql": ("test_questions.py", "stories/test_performance_report.py"),
    "sql/workbook/*.sql": ("test_questions.py", "stories/test_workbook.py", HELD_OUT),
    "sql/intake/*.sql": ("test_fates.py", "stories/test_resolving.py", "stories/test_orders.py"),
    "assets/building/kpi.py": (STORY, CLOSINGS, HELD_OUT),
    "assets/record/revisions.py": (CLOSINGS, HELD_OUT, STORY),
    "assets/record/closing.py": (CLOSINGS, TAMPERING, HELD_OUT, STORY),
    "assets/publishing/provenance.py": (*RESTATEMENT, TAMPERING, STORY),
    "assets/answers/explanation.py": EXPLAINED,
}  # fmt: skip
SWAPS = (
    (r"<=", "<"), (r">=", ">"), (r"(?<![<>=!-])>(?!=)", ">="), (r"(?<![<>=!])<(?![>=])", "<="),
    (r"<>", "="), (r"==", "!="), (r"(?<=\s)=(?=\s)", "<>"), (r"(?<=\s)\+(?=\s)", "-"),
    (r"(?<=\s)-(?=\s)", "+"), (r"(?<=\s)\*(?=\s)", "/"), (r"(?<=\s)/(?=\s)", "*"),
    (r"\band\b", "or"), (r"\bor\b", "and"), (r"\bnot\b ", ""), (r"\bis not null\b", "is null"),
    (r"\bis null\b", "is not null"), (r"\bmin\(", "max("), (r"\bmax\(", "min("),
    (r"\bsum\(", "max("), (r"\bavg\(", "max("), (r"\bgreatest\(", "least("),
    (r"\bleast\(", "greatest("), (r"\bbool_and\(", "bool_or("), (r"\bbool_or\(", "bool_and("),
    (r"\barg_max\(", "arg_min("), (r"\bleft join\b", "join"), (r"\bfull join\b", "left join"),
    (r"\bexists\b", "not exists"), (r"\bdesc\b", "asc"), (r"\bunion all\b", "except"),
    (r"(?<![\w.'{])100(?![\w.'])", "101"), (r"(?<![\w.'{:])[1-9](?![\w.'}])", "0"),
    (r"(?<![\w.'{:])0(?![\w.'}])", "1"), (r"\bTrue\b", "False"), (r"\bFalse\b", "True"),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
)  # fmt: skip
_PYTHON_ONLY = {"==", r"\bTrue\b", r"\bFalse\b"}
_SQL_ONLY = {r"(?<=\s)=(?=\s)", r"<>", r"\bexists\b", r"\bunion all\b", r"\bdesc\b"}


@dataclass(frozen=True)
class Mutant:
    """One altered place: the file, the line, what it was and what it is."""

    path: str
    line: int
    start: int
    was: str
    now: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.was.strip()!r} -> {self.now.strip()!r}"


def mutants(targets: Sequence[str]) -> list[Mutant]:
    """Every mutant of the targets, outside comments, headers and docstrings."""
    found = []
    for pattern, tests in ((target, TARGETS[target]) for target in targets):
        for path in sorted(ROOT.glob(pattern)):
            is_sql, in_text = path.suffix == ".sql", False
            for number, line in enumerate(path.read_text().splitlines(), 1):
                in_text ^= not is_sql and line.count('"""') % 2 == 1
                comment = "--" if is_sql else "#"
                code = line.split(comment)[0]
                # what an exists selects is nothing
                code = code.replace("select 1 ", "select   ")
                if in_text or '"""' in line or not code.strip() or "import" in code:
                    continue
                for swap, now in SWAPS:
                    if swap in (_PYTHON_ONLY if is_sql else _SQL_ONLY):
                        continue
                    found += [
                        Mutant(str(path.relative_to(ROOT)), number, hit.start(), hit[0], now, tests)
                        for hit in re.finditer(swap, code)
                        if code[: hit.start()].count("'") % 2 == 0
                        and (is_sql or code[: hit.start()].count('"') % 2 == 0)
                    ]
    return found


class Copy:
    """A copy of the tree in which one mutant at a time lives."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(ROOT, self.root, ignore=self._left_out)
        (self.root / ".venv").symlink_to(ROOT / ".venv")

    @staticmethod
    def _left_out(folder: str, names: list[str]) -> set[str]:
        """What runs left in the home that is shipped, and what is no code."""
        made = {"landing", "lake", "published", "record", "dagster", "key", "sample.json"}
        of_home = made if Path(folder) == ROOT / "data" else set()
        return {n for n in names if n in of_home or n in (".git", ".venv", "__pycache__")}

    def passes(self, test: str) -> bool:
        ended = subprocess.run(
            [self.root / ".venv/bin/python", "-m", "pytest", "-q", "-x", f"tests/{test}",
             "--basetemp", str(self.root.parent / "pytest")],
            cwd=self.root, capture_output=True, timeout=900, check=False,
        )  # fmt: skip
        return ended.returncode == 0

    def killed_by(self, mutant: Mutant) -> str | None:
        """The first test file that notices; None: the mutant lives."""
        path = self.root / mutant.path
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        line = lines[mutant.line - 1]
        end = mutant.start + len(mutant.was)
        lines[mutant.line - 1] = line[: mutant.start] + mutant.now + line[end:]
        path.write_text("".join(lines))
        try:
            for test in mutant.tests:
                if not self.passes(test):
                    return test
            return None
        finally:
            path.write_text(text)


def main(seed: int, seconds: float, targets: Sequence[str]) -> int:
    drawn = mutants(targets)
    random.Random(seed).shuffle(drawn)
    until, killers, living = time.monotonic() + seconds, Counter[str](), []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [Copy(Path(folder) / str(n)) for n in range(2)]
        for test in sorted({test for target in targets for test in TARGETS[target]}):
            if not copies[0].passes(test):
                print(f"tests/{test} fails without a mutant: nothing can be said")
                return 1

        def work(copy: Copy, mine: list[Mutant]) -> None:
            for mutant in mine:
                if time.monotonic() > until:
                    return
                killer = copy.killed_by(mutant)
                killers[killer or "nobody"] += 1
                if killer is None:
                    living.append(mutant)
                print("lives" if killer is None else f"killed by {killer}", mutant, flush=True)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, copies, (drawn[0::2], drawn[1::2])))
    tried = sum(killers.values())
    print(f"{tried} of {len(drawn)} mutants tried, {tried - len(living)} killed")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:] or list(TARGETS)))
