"""The `kring` command and its subcommands.

Exit codes: 0 done and complete; 1 nothing done; 2 wrong usage; 3 published, with findings;
75 another run holds the home; 130 stopped by a signal.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from typing import Annotated

import typer

from pipelines import streams
from pipelines.commands import (
    backups,
    check_source,
    checks,
    closings,
    compare,
    diff,
    documents,
    explain,
    homes,
    installation,
    persons,
    reconcile,
    run,
    sources,
    status,
    versions,
)
from pipelines.troubles import in_words

app = typer.Typer(
    name="kring",
    help="A contact centre's raw exports, made into figures that can be defended.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
# in the order of `kring --help`
_COMMANDS: dict[str, Callable[..., None]] = {
    "init": homes.init,
    "sample": homes.sample,
    "key": homes.key,
    "ui": installation.ui,
    "run": run.run,
    "status": status.status,
    "checks": checks.checks,
    "explain": explain.explain,
    "scorecard": explain.scorecard,
    "compare": compare.compare,
    "reconcile": reconcile.reconcile,
    "report": documents.report,
    "close": closings.close_period,
    "reopen": closings.reopen_period,
    "closings": closings.list_closings,
    "sources": sources.list_sources,
    "gallery": sources.gallery,
    "withdraw": sources.withdraw,
    "check-source": check_source.check_source,
    "versions": versions.list_versions,
    "rollback": versions.rollback,
    "verify": versions.verify_current,
    "diff": diff.diff,
    "backup": backups.backup,
    "restore": backups.restore,
    "doctor": installation.doctor,
    "service": installation.service,
    "rotate-key": persons.rotate_key,
    "forget": persons.forget,
    "dictionary": documents.dictionary,
    "workbook": documents.workbook,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)


def _say_version(asked: bool) -> None:
    if asked:
        from assets.code_version import code_version

        typer.echo(f"kring {code_version()}")
        raise typer.Exit


@app.callback()
def _kring(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Say which kring this is."
        ),
    ] = False,
) -> None:
    pass


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
