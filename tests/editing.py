"""The register as shipped, edited line by line as a person would."""

from __future__ import annotations

import csv
from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "data/register"


def lines(folder: Path, table: str) -> list[str]:
    return (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()


def write(folder: Path, table: str, content: list[str]) -> None:
    (folder / f"{table}.csv").write_text("\n".join(content) + "\n", encoding="utf-8")


def find(folder: Path, table: str, text: str) -> int:
    """Line number of the one line that begins with or contains the text."""
    numbers = [n for n, line in enumerate(lines(folder, table), 1) if text in line]
    assert len(numbers) == 1, f"{text!r} is on lines {numbers} of {table}.csv"
    return numbers[0]


def edit(folder: Path, table: str, text: str, **cells: str) -> int:
    """Change cells of the line that contains the text; the line's number."""
    number = find(folder, table, text)
    content = lines(folder, table)
    header, row = next(csv.reader(content)), next(csv.reader([content[number - 1]]))
    row = [cells.get(name, value) for name, value in zip(header, row, strict=True)]
    content[number - 1] = ",".join(f'"{cell}"' if cell else "" for cell in row)
    write(folder, table, content)
    return number


def append(folder: Path, table: str, line: str) -> int:
    content = [*lines(folder, table), line]
    write(folder, table, content)
    return len(content)
