"""What was altered by hand or cut short: figures of the lake, the log of decisions, revisions.

Nothing rests on it, and whoever must mend it is told which file it is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from commands import Command
from defending import JULY, SL, DefendedHome, alter, close, current, phone_and_chat, reopen
from homes import no_waiting
from storyhome import called, put_calls

from assets.record import closing
from assets.record.versions import current as published


@pytest.fixture
def home(half: DefendedHome, tmp_path: Path) -> DefendedHome:
    """A copy of the half year, to spoil."""
    return half.copied(tmp_path / "home")


def test_a_number_without_a_cause_is_not_published(tmp_path: Path) -> None:
    home = DefendedHome.of_months(tmp_path, "2024-04", "2024-06")
    version = home.publish(JULY)
    alter(home, "metric.monthly", "2024-05", "numerator * 4 / 3")
    # not even beside an honest change of another month
    put_calls(home, "2024-04-12", called("H1", "2024-04-12"))
    with pytest.raises(Exception) as refused:
        home.publish(JULY)
    said = str(refused.value)
    assert "figures changed and nothing that they rest on did" in said
    assert "metric.monthly 2024-05 computed" in said
    assert "altered by hand: remove lake/outputs and run kring run again" in said
    # the last version stands, and nothing of the one refused is left
    link = home.root / "published/current"
    assert link.resolve().name == version
    assert home.counts(SL, "2024-05") == (3, 4)
    assert [p.name for p in (home.root / "published/versions").glob("[!.]*")] == [version]
    # the command says the same, and ends with 1
    ended = home.kring("run", "--as-of", JULY)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "not published" in ended.stderr.replace("\n", " ")
    # doing as it says heals: the outputs are built anew, and only the honest change is published
    shutil.rmtree(home.root / "lake/outputs")
    healed = home.publish(JULY)
    assert home.counts(SL, "2024-05") == (3, 4)
    assert {period for period, _ in home.moved(healed, "metric.monthly")} == {"2024-04"}
    assert home.causes(healed) == {"file calls/calls_20240412.csv arrived"}


@pytest.mark.nightly
def test_an_altered_closed_month_never_reaches_readers(tmp_path: Path, command: Command) -> None:
    """The lake's month is altered after it was closed: what is published is the revision's."""
    home = DefendedHome.of_months(tmp_path, "2024-01", "2024-03")
    home.publish(JULY)
    assert close(command, home, "2024-Q1").code == 0
    alter(home, "metric.monthly", "2024-02", "numerator * 4 / 3")
    version = home.publish(JULY)
    assert home.log(version) == []
    assert home.counts(SL, "2024-02") == (3, 4)
    assert home.counts(SL, "2024-02", as_now=True) == (4, 4)


def test_a_log_that_was_altered_is_named_and_nothing_is_published(
    home: DefendedHome, command: Command
) -> None:
    assert close(command, home, "2024-Q1").code == 0
    assert reopen(command, home, "2024-Q1").code == 0
    log, version = home.root / "record/decisions.jsonl", current(home)
    kept = log.read_text()
    first, second = kept.splitlines()
    entry = json.loads(first)
    for altered, line in (
        ("\n".join([json.dumps({**entry, "reason": "Better"}), second]) + "\n", "line 2"),
        (second + "\n", "line 1"),
        (first + "\n{}\n", "line 2"),
        (first + "\n", "entry 2"),
        ("", "entry 2"),
    ):
        log.write_text(altered)
        said = command(home.root, "verify")
        assert said.code == 1
        assert "record/decisions.jsonl" in said.text and line in said.text
        assert "the log only grows, so restore the file from the last backup" in said.text
        said = close(command, home, "2024-Q1")
        assert (said.code, current(home)) == (1, version)
        assert line in said.text
        for asked in ("closings", "doctor"):
            said = command(home.root, asked)
            assert (said.code, line in said.text) == (1, True), asked
    put_calls(home, "2024-02-11", called("L1", "2024-02-11"))
    with pytest.raises(Exception, match="entry 2 is not what kring wrote"):
        home.publish(JULY)
    assert current(home) == version
    log.write_text(kept)
    assert command(home.root, "verify").code == 0
    assert home.publish(JULY) != version


def test_a_revision_that_was_altered_is_named_and_nothing_rests_on_it(
    home: DefendedHome, command: Command
) -> None:
    assert close(command, home, "2024-Q1").code == 0
    version, folder = current(home), home.root / "record/revisions/2024-Q1.r1"
    card, manifest = folder / "kpi.scorecard.parquet", folder / "manifest.json"
    kept = card.read_bytes(), manifest.read_text()
    for path in (card, manifest):
        path.chmod(0o640)
    card.write_bytes(kept[0][:-1] + b"x")
    assert "2024-Q1.r1/kpi.scorecard.parquet is not as closed" in command(home.root, "verify").text
    put_calls(home, "2024-05-11", called("L1", "2024-05-11"))
    with pytest.raises(Exception, match=r"2024-Q1.r1/kpi.scorecard.parquet is not as closed"):
        home.publish(JULY)
    # its list of hashes changed along with it: the log knows the list
    hashes = {**json.loads(kept[1]), card.name: hashlib.sha256(card.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps(hashes))
    said = reopen(command, home, "2024-Q1")
    assert (said.code, current(home)) == (1, version)
    assert "2024-Q1.r1/manifest.json is not as closed; restore it" in said.text
    card.write_bytes(kept[0])
    manifest.write_text(kept[1])
    assert home.publish(JULY) != version
    assert command(home.root, "verify").code == 0


@pytest.mark.parametrize("text", ["", "[1]", "5", '{"kpi.scorecard.parquet": 5}'])
def test_a_manifest_of_a_revision_that_is_none_is_named(
    home: DefendedHome, command: Command, text: str
) -> None:
    """Status, verify and the run ended in a traceback; `Command` fails at one."""
    assert close(command, home, "2024-Q1").code == 0
    manifest = home.root / "record/revisions/2024-Q1.r1/manifest.json"
    manifest.chmod(0o640)
    manifest.write_text(text)
    lost = "revision 2024-Q1.r1 is missing, or its manifest.json is damaged; restore it"
    assert command(home.root, "status", "--as-of", JULY).code == 0
    told = command(home.root, "doctor", "--as-of", JULY).text
    assert lost in told and "could not be looked at" not in told
    said = command(home.root, "verify")
    assert (said.code, lost in said.text) == (1, True)
    assert "rollback" not in said.text, "readers see what was published; the record is another's"


@pytest.mark.nightly
def test_a_closing_that_was_cut_short_is_as_if_it_had_not_been(
    home: DefendedHome, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the copy and its entry: the folder is there, the log does not name it."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    version = current(home)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("assets.record.closing.decide", killed)
        standing = published(home.home)
        assert standing is not None
        with no_waiting():
            closing.close(home.home, standing, 2024, "Q1", "Signed")
    orphan = home.root / "record/revisions/2024-Q1.r1"
    assert orphan.is_dir()
    assert "no period was ever closed" in command(home.root, "closings").text
    assert command(home.root, "verify").code == 0
    put_calls(home, "2024-02-11", called("L1", "2024-02-11", wait="30,000"))
    assert home.publish(JULY) != version
    # the quarter is open: the late call counts, and closing keeps what is published now
    assert home.card(SL, "Q1")[0] == pytest.approx(phone_and_chat(9, 13))
    assert close(command, home, "2024-Q1").code == 0
    assert home.published("select realisation from kpi.revisions where id = 'service_level'") == [
        (pytest.approx(phone_and_chat(9, 13)),)
    ]
    assert command(home.root, "verify").code == 0
