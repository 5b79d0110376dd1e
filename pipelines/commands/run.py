"""`kring run`: read what is new, rebuild what is stale, roll up, publish."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import typer

from assets.answers.run_report import KILLED, published_as
from assets.disk import advice, explained, is_refusal
from assets.home import Home
from pipelines import stopping
from pipelines.commands.options import AsOfOption, HomeOption, JsonOption, open_home, parse_as_of
from pipelines.commands.terminal import (
    console,
    print_json,
    print_line,
    progress,
    say,
    say_findings,
    say_sample,
)
from pipelines.reporting import reported
from pipelines.whole_run import Outcome, run_home


def run(home: HomeOption = None, as_of: AsOfOption = None, as_json: JsonOption = False) -> None:
    """Read what is new, rebuild what is stale, publish.

    Example: kring run --as-of 2024-07-01
    """
    place = open_home(home)
    day = parse_as_of(place, as_of)
    try:
        with (
            explained(place),
            stopping.heeded(),
            reported(place, day) as note,
            progress(as_json),
            explained(place),  # so that the report says it too
            stopping.told_apart(),
        ):
            outcome = run_home(place, day)
            outcome.interrupted = note.left
            note.done(published=outcome.published, failures=outcome.failures,
                      findings=outcome.findings, late=outcome.late)  # fmt: skip
    except KeyboardInterrupt:
        typer.echo("kring: stopped; nothing half-made stands, the last version does", err=True)
        raise typer.Exit(stopping.EXIT_CODE) from None
    try:
        if as_json:
            _print_json(place, day, outcome)
        else:
            _print(place, outcome)
    except OSError as error:  # as where a log's disk is full
        why = f"what it did could not be printed ({error.strerror})"
        typer.echo(f"kring: {why}; published/status.json holds it", err=True)
    raise typer.Exit(outcome.exit_code)


def _print_json(home: Home, as_of: date, outcome: Outcome) -> None:
    print_json(
        {
            "version": outcome.version,
            "published": outcome.published,
            "as_of": as_of,
            "files_read": outcome.files,
            "months_rebuilt": outcome.months,
            "months_checked": outcome.checked,
            "failures": [failure.text for failure in outcome.failures],
            "findings": [asdict(finding) for finding in outcome.findings],
            "late": [asdict(each) for each in outcome.late],
            "interrupted": outcome.interrupted,
            "is_sample": home.sample() is not None,
            "exit": outcome.exit_code,
        }
    )


def _print(home: Home, outcome: Outcome) -> None:
    screen, errors = console(), console(errors=True)
    say_sample(home)
    if outcome.interrupted:
        errors.print(f"the run that began {outcome.interrupted} was {KILLED} stands")
    for failure in outcome.failures:
        say("failed", f" {failure.text}", "red", errors=True)
    if refusals := [f.text for f in outcome.failures if is_refusal(f.text)]:
        print_line(advice(home.root, refusals[0]), errors=True)
    if outcome.failures:
        stands = f"version {outcome.version} stands" if outcome.version else "no version stands"
        errors.print(f"nothing was published; {stands}")
        return
    if outcome.published:
        checked = f", {len(outcome.checked)} more looked at again" if outcome.checked else ""
        print_line(
            f"{published_as(home)}: {_counted(outcome.files, 'file')} read, "
            f"{_counted(len(outcome.months), 'month')} rebuilt{checked}"
        )
    else:
        screen.print(f"nothing new; version {outcome.version} stands")
    say_findings(asdict(finding) for finding in outcome.findings)
    for each in outcome.late:
        say("late", f" {each.text}")
    print_line(f"database: {home.current / 'kring.duckdb'}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
