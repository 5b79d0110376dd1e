"""A request to be forgotten (H12 of the faults): what there is of a person is found and goes."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from commands import Command
from homes import TestHome
from persons import AS_OF, JANUARY, PERSON, activity, agents, january, published, put_activity

from assets.record.decisions import ROLLED_BACK, decide
from assets.record.versions import verify, versions


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    return published(tmp_path_factory.mktemp("persons") / "home")


def forget(command: Command, place: TestHome, *arguments: str) -> tuple[int, dict[str, object]]:
    said = command(place.root, "forget", f" {PERSON.lower()} ", "--json", *arguments)
    return said.code, said.json


def test_h12_a_person_is_found_cleaned_and_gone(place: TestHome, command: Command) -> None:
    """The identifier is emptied and the row stays, so that no figure changes."""
    key = agents(place)["A2"]
    figures = place.query("from metric.monthly order by all")
    code, told = forget(command, place)
    assert code == 3
    assert told["landing"] == [{"path": JANUARY, "records": [2]}]
    assert len(told["versions"]) == 2  # type: ignore[arg-type]

    refused = command(place.root, "forget", PERSON, "--erase")
    assert refused.code == 1 and f"nothing was taken out; clean {JANUARY}" in refused.text
    place.put(JANUARY, january(""))
    place.run(AS_OF)
    code, told = forget(command, place)
    assert (code, told["landing"], told["lake"]) == (3, [], [JANUARY])

    forget(command, place, "--erase")
    ran = place.run(AS_OF)
    assert ran.version is not None
    assert place.query("from metric.monthly order by all") == figures
    assert place.query("select agent_key from fact.contacts where contact_id = 'A2'") == [(None,)]
    code, told = forget(command, place, "--erase")
    assert (code, told["landing"], told["lake"], told["versions"]) == (0, [], [], [])
    for path in place.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert key.encode() not in data and PERSON.encode() not in data, path
    assert place.kring("verify").returncode == 0


def test_h12_taking_out_that_was_cut_short_leaves_nothing_behind(
    place: TestHome, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database of a version went first, so nothing of it could be searched any more."""
    key = agents(place)["A2"]
    place.put(JANUARY, january(""))
    place.run(AS_OF)

    whole = shutil.rmtree

    def killed(folder: Path) -> None:
        if not (folder / "kring.duckdb").exists():
            return whole(folder)
        (folder / "kring.duckdb").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", killed)
        command(place.root, "forget", PERSON, "--erase")
    assert all(verify(version) == [] for version in versions(place.home))
    code, told = forget(command, place)
    assert code == 3 and len(told["unfinished"]) == 1  # type: ignore[arg-type]
    code, _ = forget(command, place, "--erase")
    assert code == 0
    holding = [p for p in place.root.rglob("*") if p.is_file() and key.encode() in p.read_bytes()]
    assert holding == []


def test_h12_rows_that_no_record_names_any_more_are_found_until_they_are_gone(
    place: TestHome, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short between the records of what is taken out and the files."""
    place.put(JANUARY, january(""))
    place.run(AS_OF)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("assets.keeping.erasure.sweep_unnamed", killed)
        command(place.root, "forget", PERSON, "--erase")
    code, told = forget(command, place)
    assert code == 3 and told["lake"] == []
    assert [name.partition("/")[0] for name in told["unfinished"]] == ["lake"]  # type: ignore[attr-defined]
    code, told = forget(command, place, "--erase")
    assert (code, told["unfinished"]) == (0, [])


def test_h12_a_cleaned_file_that_is_refused_keeps_its_former_content(
    place: TestHome, command: Command
) -> None:
    """Agents' time needs its agent: emptied, its month would lose its figures."""
    path = put_activity(place)
    place.put(JANUARY, january(""))
    place.run(AS_OF)
    figures = place.query("from metric.monthly order by all")
    place.put(path, activity(""))
    place.run(AS_OF)
    said = command(place.root, "forget", PERSON, "--erase")
    assert said.code == 1
    assert f"a cleaned file was refused. {path}: 1 of 2 rows rejected" in said.text
    assert "missing agent 1" in said.text and "Mend it and kring run, then ask again" in said.text
    # as the page says: another name, and the erasure before the run
    place.put(path, activity("KP-0000"))
    assert command(place.root, "forget", PERSON, "--erase").code == 3
    place.run(AS_OF)
    assert place.query("from metric.monthly order by all") == figures
    assert command(place.root, "forget", PERSON, "--erase").code == 0


def test_h12_a_withdrawn_file_leaves_landing_or_it_would_count_again(
    place: TestHome, command: Command
) -> None:
    """Cleaned, as all others are to be, it was a new content, and counted without a word."""
    assert command(place.root, "withdraw", JANUARY, "--reason", "a test system's").code == 0
    place.run(AS_OF)
    assert agents(place).keys() == {"B1"}
    told = forget(command, place)[1]
    assert (told["landing"], told["withdrawn"]) == ([{"path": JANUARY, "records": [2]}], [JANUARY])
    # whichever column has it, also one that no source keeps
    in_text = command(place.root, "forget", "umum", "--json").json
    assert JANUARY in in_text["withdrawn"]
    said = command(place.root, "forget", PERSON)
    assert f"{JANUARY}: records 2; it is withdrawn: take it out of landing" in said.text
    (place.root / "landing" / JANUARY).unlink()
    place.run(AS_OF)
    forget(command, place, "--erase")
    place.run(AS_OF)
    assert forget(command, place, "--erase")[0] == 0
    assert agents(place).keys() == {"B1"}


def test_h12_the_same_content_dropped_again_stays_out(place: TestHome, command: Command) -> None:
    place.put(JANUARY, january(""))
    place.run(AS_OF)
    forget(command, place, "--erase")
    place.run(AS_OF)
    place.put("calls/calls_20240131.csv", january(PERSON))
    place.run(AS_OF)
    statuses = place.query("select status from ops.files where path like '%20240131.csv'")
    assert statuses == [("withdrawn",)]
    assert agents(place).keys() == {"A1", "B1"}


def test_h12_it_is_found_in_what_no_source_reads(place: TestHome, command: Command) -> None:
    """Unclaimed, packed, in a workbook, as UTF-16, and a number in any spelling."""
    landing = place.root / "landing"
    place.put("notes/a.txt", f"ask {PERSON} about it")
    place.put("notes/b.csv.gz", gzip.compress(f"x;{PERSON}\n".encode()))
    place.put("notes/c.txt", f"{PERSON}".encode("utf-16"))
    with xlsxwriter.Workbook(str(landing / "notes/d.xlsx")) as book:
        book.add_worksheet().write_row(0, 0, ["agent", PERSON])
    place.put("notes/e.txt", "nobody")
    place.put("notes/f.txt", "call +62 (812) 7731-9942 back")
    with zipfile.ZipFile(landing / "notes/g.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(landing / "notes/e.txt", "e.txt")
        archive.write(landing / "notes/d.xlsx", "d.xlsx")
    _, told = forget(command, place)
    names = [entry["path"] for entry in told["landing"]]  # type: ignore[attr-defined]
    assert names == [JANUARY, "notes/a.txt", "notes/b.csv.gz", "notes/c.txt", "notes/d.xlsx",
                     "notes/g.zip"]  # fmt: skip
    said = command(place.root, "forget", "081277319942", "--json")
    assert [entry["path"] for entry in said.json["landing"]] == ["notes/f.txt"]


def test_h12_a_short_identifier_is_not_found_within_other_words(
    place: TestHome, command: Command
) -> None:
    """Landing "still held" Siti wherever somebody was positif, so nothing could be taken out."""
    place.put("notes/a.txt", "sikap positif; panggilan 210017")
    for name in ("Siti", "1001"):
        (place.root / "landing" / JANUARY).write_text(january(""))
        said = command(place.root, "forget", name)
        assert (said.code, "nothing of it is left here" in said.text) == (0, True), said.text
        place.put("notes/b.txt", f"{name},umum")
        place.put("notes/c.bin", b"\x41\0" + name.encode() + b"\x42\0")
        said = command(place.root, "forget", name, "--json")
        assert [each["path"] for each in said.json["landing"]] == ["notes/b.txt", "notes/c.bin"]
        place.put("notes/b.txt", "")
        place.put("notes/c.bin", "")


def test_h12_it_is_found_in_whatever_way_its_letters_are_written(
    place: TestHome, command: Command
) -> None:
    """By a sign that JSON or an address writes by its number, an accent, or in a script without
    blanks between words; what is found nowhere is said to be left nowhere."""
    as_json, wide = json.dumps({"note": "asked for\nSiti"}), "a,José,b".encode("utf-16")
    for text, name in (
        (as_json, "Siti"), ("q=%20Siti%2C", "Siti"), ("q=%2C1001", "1001"), ("&nbsp;Siti", "Siti"),
        ('"Siti\\nAminah"', "Siti Aminah"), (json.dumps("José"), "José"), ("Jose\u0301", "José"),
        ("a,José,b".encode("latin-1"), "José"), (wide, "José"), (wide[2:], "José"),
        ("a,José,b".encode("utf-16-be"), "José"), ("O&#39;BRIEN", "O'Brien"),
        ("我是王小明的", "王小明"), ("Pak AL-FATIH,", "al-Fatih"), ("u=a.b%40x.id", "a.b@x.id"),
        (("x" * ((1 << 20) - 2)) + "y José", "José"),
    ):  # fmt: skip
        place.put("notes/b.txt", text)
        said = command(place.root, "forget", name, "--json")
        found = [each["path"] for each in said.json["landing"]]
        assert "notes/b.txt" in found, (name, text)


def test_h12_what_cannot_be_searched_is_named_and_not_called_clean(
    place: TestHome, command: Command
) -> None:
    """A zip and a workbook with a password, a zip cut short, another kind of packing."""
    sound = io.BytesIO()
    with zipfile.ZipFile(sound, "w") as archive:
        archive.writestr("a", "x")
    text = sound.getvalue()
    place.put("notes/a.zip", text.replace(b"\x14\0\0\0", b"\x14\0\1\0"))
    place.put("notes/b.zip", text[:-9])
    place.put("notes/c.7z", b"7z\xbc\xaf\x27\x1c")
    place.put(
        "notes/d.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    )
    said = command(place.root, "forget", "KP-9999")
    assert said.code == 3 and "nothing of it is left" not in said.text
    for name in ("a.zip", "b.zip", "c.7z", "d.xlsx"):
        assert f"notes/{name}: cannot be searched as it is; look into it yourself" in said.text


def test_h12_who_is_not_there_is_not_found(place: TestHome, command: Command) -> None:
    said = command(place.root, "forget", "KP-9999")
    assert said.code == 0 and "nothing of it is left here" in said.text


def test_h12_a_reason_typed_with_it_and_copies_elsewhere_are_told(
    place: TestHome, command: Command
) -> None:
    """The log of decisions only grows, so it is named and left; backups are not looked into."""
    decide(place.home, ROLLED_BACK, version="v", reason=f"{PERSON} asked for it")
    code, told = forget(command, place)
    assert (code, told["record"]) == (3, ["record/decisions.jsonl"])
    said = command(place.root, "forget", "KP-9999")
    assert said.code == 0
    assert "Not looked at: backups, and copies that readers took" in said.text


def test_h12_the_offices_own_words_and_the_register_are_searched(
    place: TestHome, command: Command
) -> None:
    (place.root / "report/2024").mkdir(parents=True)
    (place.root / "report/2024/service_level.id.md").write_text("Petugas Ibu  Sari sakit.\n")
    place.append_register("accepted_findings")
    kpis = place.root / "register/kpis.csv"
    kpis.write_text(kpis.read_text().replace("LAKIN", "Ibu Sari, LAKIN", 1))
    said = command(place.root, "forget", "ibu sari")
    assert said.code == 3
    assert "report/2024/service_level.id.md" in said.text and "kpis.csv" in said.text


def test_h12_a_former_keys_pseudonym_is_found_as_well(place: TestHome, command: Command) -> None:
    command(place.root, "rotate-key", "--reason", "Yearly")
    _, told = forget(command, place)
    assert told["landing"] == [{"path": JANUARY, "records": [2]}]
