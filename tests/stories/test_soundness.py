"""A byte that a disk has turned: found before it is a figure, and made anew from what stands."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest
from homes import TestHome, call, calls_file

from assets.arrivals.ledger import Ledger
from assets.building.plan import Plan
from assets.home import HomeError
from assets.lake import is_sound, read_json
from assets.publishing.published import is_current

AS_OF = "2024-01-31"


@pytest.fixture(scope="module")
def two_calls(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """Two calls of January, one of them delivered twice; published. Copy it, leave it so."""
    home = TestHome(tmp_path_factory.mktemp("soundness") / "home")
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1"), call("A2")]))
    home.put("calls/calls_20240116.csv", calls_file([call("A1", talk="61")]))
    home.run(AS_OF)
    return home


@pytest.fixture
def ran(two_calls: TestHome, tmp_path: Path) -> TestHome:
    return two_calls.copied(tmp_path / "home")


def the(home: TestHome, pattern: str) -> Path:
    return sorted((home.root / "lake").glob(pattern))[0]


def turn_a_byte(path: Path) -> bytes:
    content = path.read_bytes()
    path.chmod(0o600)
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    return content


def calls_in(home: TestHome) -> int:
    return int(home.value("select count(*) from fact.contacts"))


def test_a_damaged_chunk_is_read_again_from_its_export(ran: TestHome) -> None:
    chunk = the(ran, "raw/calls/calls/*.parquet")
    sound = turn_a_byte(chunk)
    ran.put("calls/calls_20240117.csv", calls_file([call("A3")]))
    with pytest.raises(HomeError, match=rf"{chunk.name} is damaged; the next run reads calls/"):
        ran.run(AS_OF)
    ran.run(AS_OF)
    assert chunk.read_bytes() == sound
    assert calls_in(ran) == 3
    assert ran.value("select count(*) from fact.contacts where talk_seconds = 61") == 1


def test_a_damaged_chunk_without_its_export_says_what_to_restore(ran: TestHome) -> None:
    """Never a figure without it: nothing is published until the export or the chunk is back."""
    sound = {p: turn_a_byte(p) for p in (ran.root / "lake/raw/calls/calls").iterdir()}
    for export in (ran.root / "landing/calls").iterdir():
        export.unlink()
    ran.put("calls/calls_20240117.csv", calls_file([call("A3")]))
    for _ in range(2):
        with pytest.raises(
            HomeError, match="and 1 more; restore it from a backup, or put the content that calls/"
        ):
            ran.run(AS_OF)
    for path, content in sound.items():
        path.write_bytes(content)
    ran.run(AS_OF)
    assert calls_in(ran) == 3


def test_a_damaged_output_is_built_anew(ran: TestHome) -> None:
    output = the(ran, "outputs/fact.contacts/2024-01*.parquet")
    sound = turn_a_byte(output)
    (ran.root / "published/current").unlink()
    ran.run(AS_OF)
    assert output.read_bytes() == sound and calls_in(ran) == 2


NULLS = json.dumps(dict.fromkeys(("table", "month", "fingerprint", "file", "sha256", "rows")))


@pytest.mark.parametrize("text", ["", "5", '{"rule": "another"}', NULLS])
@pytest.mark.parametrize(
    "record",
    ["outputs/fact.contacts/2024-01.json", "keys/calls.json", "spans/*.json",
     "outputs/kpi.scorecard/whole.json"],
)  # fmt: skip
def test_a_record_that_is_none_any_more_and_can_be_made_again_is(
    ran: TestHome, record: str, text: str
) -> None:
    """Emptied it was made again; of another shape every command ended in a traceback."""
    path = the(ran, record)
    sound, before = path.read_text(), ran.root / "published/current"
    version = before.resolve()
    path.write_text(text)
    ran.run(AS_OF)
    assert path.read_text() == sound
    assert before.resolve() == version, "what readers see has not changed"


def test_an_emptied_record_of_a_delivery_is_named_with_the_remedy(ran: TestHome) -> None:
    """It may say that a file was withdrawn, which nothing else knows: a person decides."""
    path = the(ran, "ledger/calls/*.json")
    path.write_text("")
    with pytest.raises(
        HomeError,
        match=rf"{path.name} is damaged or was changed by hand; put it back from a",
    ):
        ran.run(AS_OF)
    path.unlink()
    ran.run(AS_OF)
    assert calls_in(ran) == 2


def test_a_record_is_read_again_where_it_has_changed_and_only_there(
    ran: TestHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run looks six times at the records of every file that ever came."""
    read: list[Path] = []
    reading = "assets.arrivals.ledger_record.read_json"
    monkeypatch.setattr(reading, lambda path: (read.append(path), read_json(path))[1])
    first, again = Ledger(ran.home), Ledger(ran.home)
    assert len(read) == 2 and again.deliveries() == first.deliveries()
    path = the(ran, "ledger/calls/*.json")
    path.write_text(path.read_text().replace('"accepted": ', '"accepted":'))
    assert Ledger(ran.home).deliveries() == first.deliveries()
    assert read[2:] == [path]


def test_a_version_whose_manifest_is_damaged_is_published_anew(ran: TestHome) -> None:
    manifest = (ran.root / "published/current").resolve() / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text("")
    assert not is_current(Plan(ran.home, ran.home.today()))
    ran.run(AS_OF)
    assert (ran.root / "published/current").resolve() != manifest.parent
    assert calls_in(ran) == 2


def test_a_key_mark_that_a_kill_left_unwritten_does_not_lock_the_home(home: TestHome) -> None:
    """It is written aside: either there is none, or it is whole."""
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1")]))
    home.run(AS_OF)
    mark = home.root / "lake/key.fingerprint"
    stated = mark.read_text()
    mark.unlink()
    home.run(AS_OF)
    home.put("calls/calls_20240116.csv", calls_file([call("A2")]))
    home.run(AS_OF)
    assert mark.read_text() == stated and calls_in(home) == 2


def test_a_file_that_is_linked_while_it_is_read_is_sound(tmp_path: Path) -> None:
    """Two tables of a version may be one file of the lake, and are linked beside each other."""
    files = [tmp_path / f"{number}.parquet" for number in range(300)]
    for file in files:
        file.write_bytes(file.name.encode())
    together = Barrier(2)

    def proven_and_linked(place: Path) -> list[bool]:
        place.mkdir()
        found = []
        for file in files:
            together.wait(timeout=60)
            found.append(is_sound(file, sha256(file.name.encode()).hexdigest()))
            (place / file.name).hardlink_to(file)
        return found

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(proven_and_linked, [tmp_path / "one", tmp_path / "other"]))
    assert all(all(found) for found in answers)
