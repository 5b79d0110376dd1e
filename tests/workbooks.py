"""Workbooks as a spreadsheet program sees them: cells by heading, formulas, recalculation.

Read by python-calamine, which takes the values a file holds; LibreOffice, where it is there,
works every formula out anew from a copy whose results were taken out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

_RESULT = re.compile(rb"(</f>)<v>[^<]*</v>")
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def sheet(path: Path, name: str) -> list[dict[str, Any]]:
    """A sheet's rows by heading (the second line); blank cells are None."""
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    headings = [str(cell) for cell in lines[1]]
    return [
        {head: None if cell == "" else cell for head, cell in zip(headings, line, strict=True)}
        for line in lines[2:]
    ]


def parts(path: Path) -> dict[str, bytes]:
    """The files inside a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def formulas(path: Path, name: str) -> dict[str, str]:
    """A sheet's formulas by cell, as the file has them."""
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    text = parts(path)[f"xl/worksheets/sheet{names.index(name) + 1}.xml"].decode()
    return dict(re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f>', text))


def recalculated(path: Path, folder: Path, **edits: tuple[bytes, bytes]) -> Path:
    """A copy whose formulas LibreOffice has worked out; skips where it is absent.

    `edits` replaces bytes in a part of the file, by its name without folder and ending.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed, so nothing here can recalculate a workbook")
    bare, profile = folder / "bare.xlsx", folder / "profile"
    with zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(path).items():
            content = _RESULT.sub(rb"\1", content)
            old, new = edits.get(Path(name).stem, (b"", b""))
            assert old in content
            archive.writestr(name, content.replace(old, new, 1))
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE)
    done = subprocess.run(
        [office, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), str(bare)],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert (folder / "out/bare.xlsx").is_file(), done.stdout + done.stderr
    return folder / "out/bare.xlsx"
