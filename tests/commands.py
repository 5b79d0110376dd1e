"""The `kring` command called in this process: fast, for what it says rather than what it costs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main


@dataclass(frozen=True)
class Said:
    """How a call ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """Everything said, on one line: a terminal's width wraps it anywhere."""
        return " ".join((self.out + self.err).split())


class Command:
    """Calls `kring ...` on a home; not for `run`, which sets the umask of its process."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int = 200
    ) -> None:
        self._patch, self._capture, self._width = monkeypatch, capsys, width

    def __call__(self, home: Path, *arguments: str) -> Said:
        self._patch.setenv("KRING_HOME", str(home))
        self._patch.setenv("COLUMNS", str(self._width))
        self._patch.setattr(sys, "argv", ["kring", *arguments])
        self._capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capture.readouterr()
        assert "Traceback" not in out + err
        return Said(int(ended.value.code or 0), out, err)
