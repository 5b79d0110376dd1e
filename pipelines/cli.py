"""The `kring` command and its subcommands.

Exit codes: 0 done and complete; 1 nothing done; 2 wrong usage; 3 published, with findings;
75 another run holds the home; 130 stopped by a signal.
"""

from __future__ import annotations

import atexit
import os

import typer

from pipelines import streams
from pipelines.commands import (
    backups,
    check_source,
    checks,
    closings,
    compare,
    dictionary,
    diff,
    doctor,
    explain,
    homes,
    persons,
    reconcile,
    report,
    run,
    service,
    sources,
    status,
    versions,
    workbook,
)
from pipelines.troubles import in_words

app = typer.Typer(
    name="kring",
    help="A contact centre's raw exports, made into figures that can be defended.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
_COMMANDS = (
    homes,
    run,
    status,
    checks,
    explain,
    compare,
    reconcile,
    report,
    closings,
    sources,
    check_source,
    versions,
    diff,
    backups,
    doctor,
    service,
    persons,
    dictionary,
    workbook,
)
for module in _COMMANDS:
    module.register(app)


def main() -> None:
    """Entry point: every expected trouble ends in one message and its exit code."""
    with in_words():
        app(standalone_mode=True, prog_name="kring")


def command() -> None:
    """`kring` as a process of its own: it ends without freeing its memory piece by piece.

    That takes a twelfth of a night's processor time, and nothing waits for it: what is kept is on
    the disk, and the kernel takes lock and memory back.
    """
    streams.make_fit()
    try:
        main()
    except SystemExit as ended:
        atexit._run_exitfuncs()
        streams.flush()
        os._exit(int(ended.code or 0))


if __name__ == "__main__":
    command()
