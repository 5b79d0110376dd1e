"""A guide of `docs/` followed from top to bottom, as its reader would, and what it then prints.

A block under a path is written, added to or changed in the home; `sh` blocks run in one shell,
`python` blocks and queries with an answer where the reader is. What a block of `text` shows behind
them must be what came out. `python tests/following.py HOME` follows all and writes it into them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
from documents import ALONE, CODE, STORY, changed
from homes import ROOT, TestHome

_BLOCK = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`(?:, (?P<how>add|change))?:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$"
    r"(?P<between>\n+```text\n(?P<printed>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
# what differs from run to run: versions, the day, seconds, hashes of rules
_VOLATILE = (
    (re.compile(r"\b\d{8}T\d{9}Z-[0-9a-f]{8}\b"), "VERSION"),
    (re.compile(r"as of \d{4}-\d\d-\d\d: VERSION"), "as of TODAY: VERSION"),
    (re.compile(r"in \d+\.\d+ s\b"), "in N s"),
)


@dataclass
class Reader:
    """Who follows: a home directory, a checkout whose `data/` is the sample, a shell."""

    where: Path
    sample: Path
    has_kring: bool = False
    shell: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own, checkout = self.where / "you", self.where / "kring"
        own.mkdir(parents=True)
        checkout.mkdir()
        kring = checkout / ".venv" / "bin" / "kring"
        kring.parent.mkdir(parents=True)
        # the command of this checkout, whichever one the environment was installed from
        kring.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m pipelines.cli "$@"\n'
        )
        kring.chmod(0o755)
        (checkout / "data").symlink_to(self.sample)
        found = f"{checkout}/.venv/bin:" if self.has_kring else ""
        self.shell = {"HOME": str(own), "PATH": f"{found}/usr/bin:/bin", "PWD": str(checkout),
                      "KRING_HOME": str(self.sample)}  # fmt: skip

    @property
    def home(self) -> TestHome:
        return TestHome.at(Path(self.shell["KRING_HOME"]))

    def follow(self, guide: str) -> tuple[str, str]:
        """A guide as it stands, and as it would stand with what really came out."""
        path = ROOT / "docs" / f"{guide}.md"
        text = path.read_text(encoding="utf-8")
        return text, _BLOCK.sub(self._block, text)

    def _block(self, found: re.Match[str]) -> str:
        kind, text, printed = found["kind"], found["text"], found["printed"]
        if found["path"]:
            if found["path"].partition("/")[0] not in CODE:
                self.write(found["path"], found["how"] or "", text)
            return found[0]
        came = ""
        if kind == "sh" and text == "kring run\n" and printed is None:
            self.home.run(date.today())  # the same steps, without the command's start
        elif kind in ("sh", "python") or (kind == "sql" and printed is not None):
            came = {"sh": self._sh, "sql": self._sql, "python": self._python}[kind](text)
        if printed is None or steady(printed) == steady(came):
            return found[0]
        return found[0].replace(f"```text\n{printed}", f"```text\n{came}")

    def write(self, name: str, how: str, text: str) -> None:
        """Do what a page says with a file of the home."""
        path = self.home.root / name
        before = path.read_text() if how else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed(before, text) if how == "change" else before + text)

    def _sh(self, text: str) -> str:
        if text.startswith(("make", "git", "duckdb ", "kring ui")):
            return ""
        ended = subprocess.run(
            ["bash", "-ec", f"{text}\nexec >&-; env -0 > $HOME/.shell"],
            env=self.shell, cwd=self.shell["PWD"], capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert ended.returncode == 0, f"{text}\n{ended.stdout}{ended.stderr}"
        left = (Path(self.shell["HOME"]) / ".shell").read_text().split("\0")
        kept = ("HOME", "PATH", "PWD", "KRING_HOME")
        pairs = (each.partition("=") for each in left if each)
        self.shell |= {name: value for name, _, value in pairs if name in kept}
        return self._said(ended.stdout)

    def _sql(self, text: str) -> str:
        """What DuckDB's shell prints; the guides' queries name no database of their own."""
        path = self.home.root / "published" / "current" / "kring.duckdb"
        with duckdb.connect(str(path), read_only=True) as shell:
            shell.execute("set TimeZone = 'Asia/Jakarta'")
            shell.execute(f"set file_search_path = '{self.shell['PWD']}'")
            answer = shell.sql(text.rstrip().rstrip(";"))
            return f"{str(answer).rstrip()}\n" if answer is not None else ""

    def _python(self, text: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-c", text], env=self.shell, cwd=self.shell["PWD"],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert ended.returncode == 0, f"{text}\n{ended.stderr}"
        return self._said(ended.stdout)

    def _said(self, text: str) -> str:
        lines = text.replace(self.shell["HOME"], "/home/you").splitlines()
        return "".join(f"{line.rstrip()}\n" for line in lines)


def steady(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, word in _VOLATILE:
        text = pattern.sub(word, text)
    return text.strip()


def main(sample: Path) -> None:
    """Follow every guide and write into it what came out."""
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(Path(folder) / "story", sample)
        for guide in (*STORY, *ALONE):
            if guide in ALONE:
                reader = Reader(Path(folder) / guide, sample, True)
            _, real = reader.follow(guide)
            (ROOT / "docs" / f"{guide}.md").write_text(real, encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("KRING_HOME", None)
    main(Path(sys.argv[1]).resolve())
