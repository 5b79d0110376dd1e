"""The workbook: a year's scorecard with every figure as a live formula over what it rests on.

Read from the published database alone. A cell's formula is used only where its result is the
published figure; what a workbook is made of is decided here, how a file is written in
`writing`.
"""

from assets.workbook.building import build
from assets.workbook.writing import write

__all__ = ["build", "write"]
