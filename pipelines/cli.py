"""The `kring` command: subcommands, and how errors become messages and exit codes.

Exit codes: 0 done and complete; 1 nothing done; 2 wrong usage; 3 published, with findings;
75 another run holds the home; 130 stopped by a signal.
"""

from __future__ import annotations

import sys

import typer

from assets.home import BusyError, HomeError
from pipelines.commands import explain, homes, run, sources, status, versions
from sql.header import HeaderError
from sql.run import SqlError

app = typer.Typer(
    name="kring",
    help="A contact centre's raw exports, made into figures that can be defended.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for module in (homes, run, status, explain, sources, versions):
    module.register(app)


def main() -> None:
    """Entry point: every expected trouble ends in one message and its exit code."""
    from schemas.register import RegisterError

    try:
        app(standalone_mode=True)
    except BusyError as busy:
        _fail(str(busy), 75)
    except (HomeError, HeaderError, RegisterError, SqlError) as error:
        _fail(str(error), 1)


def _fail(message: str, code: int) -> None:
    sys.stderr.write(f"kring: {message}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
