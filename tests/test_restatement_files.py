"""What is named as the cause of a changed number: files that came, went or were read anew."""

from __future__ import annotations

import pytest
from restating import ALL, FEBRUARY, JANUARY, Versions, two

__all__ = ["two"]  # the fixture


@pytest.mark.parametrize(
    ("corrections", "said"),
    [(0, "file new.csv arrived"), (2, "file new.csv arrived and corrected 2 rows")],
)
def test_a_file_that_arrived(two: Versions, corrections: int, said: str) -> None:
    two.moved().after.file("new", 1, corrections=corrections)
    assert two.causes() == dict.fromkeys(ALL, said)


@pytest.mark.parametrize(
    ("status", "said"),
    [("withdrawn", "file old.csv was withdrawn"), ("refused", "file old.csv was refused"),
     (None, "file old.csv no longer counts")],
)  # fmt: skip
def test_a_file_that_is_gone(two: Versions, status: str | None, said: str) -> None:
    two.moved().before.file("old", 1)
    if status:
        two.after.file("old", None, status=status)
    assert two.causes() == dict.fromkeys(ALL, said)


def test_a_file_that_was_refused_at_first_arrives(two: Versions) -> None:
    two.before.file("new", None, status="refused")
    two.moved().after.file("new", 1)
    assert two.cause() == "file new.csv arrived"


def test_a_file_read_by_another_rule_or_by_another_source(two: Versions) -> None:
    two.before.file("f", 2)
    two.moved().after.file("f", 3, reading="r2")
    assert two.cause() == "files of source calls were read by another rule"
    other = Versions()
    other.before.file("f", 2)
    other.moved().after.file("f", 3, source="telephony", reading="r2")
    assert "arrived" not in other.cause() and "no longer" not in other.cause()
    assert "files of source telephony were read by another rule" in other.cause()
    renamed = Versions()
    renamed.before.file("f", 2)
    renamed.moved().after.file("f", 3, source="telephony")
    assert renamed.cause() == "source calls is now called telephony"


def test_a_source_that_takes_over_the_files_of_another_is_not_its_new_name(two: Versions) -> None:
    """Telephony had files of its own before, and read them by the same rule."""
    for side in two.both():
        side.file("other", None, source="telephony")
    two.before.file("f", 2)
    two.moved().after.file("f", 3, source="telephony")
    assert two.cause() == "; ".join(
        f"files of source {source} were read by another rule" for source in ("calls", "telephony")
    )


def test_a_file_under_another_name_is_the_same_file(two: Versions) -> None:
    two.before.file("f", 2, path="b.csv")
    two.moved().after.file("f", 2, path="a.csv")
    assert set(two.causes().values()) == {None}
    fewer = Versions()
    fewer.before.file("f", 3, path="b.csv")
    fewer.moved().after.file("f", 2, path="a.csv")
    assert fewer.cause() == "file a.csv counts 2 rows, before 3"


def test_rows_of_a_file_in_two_tables_are_counted_together(two: Versions) -> None:
    """Attempts and the case that they make: 3 and 1, of which 2 and 1 are left."""
    for side, rows in ((two.before, 3), (two.moved().after, 2)):
        side.file("f", rows)
        side.counts("f", 1, month=JANUARY)
    assert two.cause() == "file f.csv counts 3 rows, before 4"


def test_a_copy_of_a_file_is_no_fate_of_its_own(two: Versions) -> None:
    """Its rows count as before; what moved the figure is the other file."""
    for side in two.both():
        side.file("old", 1)
    two.after.file("old", None, status="duplicate_file", path="a-copy.csv")
    two.moved().after.file("new", 1, corrections=2)
    two.after.file("new", None, status="duplicate_file", path="another-copy.csv")
    assert two.cause() == "file new.csv arrived and corrected 2 rows"


def test_a_file_without_rows_arrives_though_another_month_has_its_content(two: Versions) -> None:
    for side in two.both():
        side.file("none", 0, month=FEBRUARY)
    two.moved().after.file("none", 0, status="duplicate_file", path="january.csv")
    assert two.cause() == "file january.csv arrived"


def test_what_others_do_is_no_cause(two: Versions) -> None:
    """A file of another month arrives, a policy no figure rests on changes: nothing explains."""
    two.moved().after.file("new", 1, month=FEBRUARY)
    for side, seconds in zip(two.both(), (20, 25), strict=True):
        side.register("policy", "p", f"seconds {seconds}")
    assert set(two.causes().values()) == {None}


def test_a_row_that_was_corrected_away_names_the_file_that_did(two: Versions) -> None:
    """The corrected row is in another month now; here there is one row less of the old file."""
    two.before.file("old", 3)
    two.moved().after.file("old", 2)
    two.after.file("new", 1, month=FEBRUARY, corrections=1)
    two.after.file("other", 1, month=FEBRUARY)
    two.after.file("chats", 1, month=FEBRUARY, corrections=9, source="chats")
    assert two.cause() == "file new.csv arrived and corrected 1 rows"


def test_of_two_that_correct_in_one_night_a_figure_names_the_one_that_corrected_it(
    two: Versions,
) -> None:
    """`new` has a row of `old`; `other` corrects a file of February."""
    two.before.file("old", 3)
    two.before.file("older", None)
    two.moved().after.file("old", 2)
    two.after.file("older", None)
    for name, whose in (("new", "old"), ("other", "older")):
        two.after.file(name, 1, month=FEBRUARY, corrections=1)
        two.after.add("corrections", source="calls", file_id=whose, corrected_by=name, rows=1)
    assert two.cause() == "file new.csv arrived and corrected 1 rows"


def test_of_two_that_correct_a_file_of_two_months_each_month_names_its_own(two: Versions) -> None:
    """`new` has a row of `old` in January, `other` one in February: in January one row of `old`
    went and one of `new` came. Where two went for one that came, `other` took the second."""

    def corrected(rows_left: int) -> Versions:
        made = Versions()
        made.before.file("old", 3)
        made.before.file("old", 4, month=FEBRUARY)
        made.moved().after.file("old", rows_left)
        made.after.file("old", 3, month=FEBRUARY)
        for name, month in (("new", JANUARY), ("other", FEBRUARY)):
            made.after.file(name, 1, month=month, corrections=1)
            made.after.add("corrections", source="calls", file_id="old", corrected_by=name, rows=1)
        return made

    new = "file new.csv arrived and corrected 1 rows"
    assert corrected(2).cause() == new
    assert corrected(1).cause() == f"{new}; file other.csv arrived and corrected 1 rows"


def test_who_corrected_a_file_before_does_not_hide_what_corrects_now(two: Versions) -> None:
    """`kept` has had a row of `old` for long; of those of `new` one was in `older`."""
    two.after.add("corrections", source="calls", file_id="older", corrected_by="new", rows=1)
    for side in two.both():
        side.file("kept", 1, month=FEBRUARY, corrections=1)
        side.add("corrections", source="calls", file_id="old", corrected_by="kept", rows=1)
    two.before.file("old", 3)
    two.moved().after.file("old", 2)
    two.after.file("new", 1, month=FEBRUARY, corrections=1)
    assert two.cause() == "file new.csv arrived and corrected 1 rows"


def test_of_two_that_corrected_and_were_withdrawn_a_figure_names_its_own(two: Versions) -> None:
    two.before.file("old", 2)
    for name, whose in (("late", "old"), ("other", "older")):
        two.before.file(name, None, corrections=1)
        two.before.add("corrections", source="calls", file_id=whose, corrected_by=name, rows=1)
    two.moved().after.file("old", 3)
    for name in ("late", "other"):
        two.after.file(name, None, status="withdrawn")
    assert two.cause() == "file late.csv was withdrawn"


@pytest.mark.parametrize(
    ("status", "reading", "said"),
    [("withdrawn", "r1", "file late.csv was withdrawn"),
     ("loaded", "r2", "files of source calls were read by another rule")],
)  # fmt: skip
def test_a_row_that_comes_back(two: Versions, status: str, reading: str, said: str) -> None:
    """What corrected it was withdrawn or is read otherwise; no row of that file was here."""
    two.before.file("old", 2)
    two.before.file("late", None, corrections=1)
    two.moved().after.file("old", 3)
    two.after.file("late", None, status=status, reading=reading)
    assert two.cause() == said


def test_a_case_that_moves_to_another_month_is_told_where_it_left(two: Versions) -> None:
    """An earlier attempt arrives: the case's other records count in February no more."""
    for side, month in ((two.before, JANUARY), (two.after, FEBRUARY)):
        side.file("attempts", 4, month=month)
    two.moved().after.file("earlier", 1, month=FEBRUARY)
    assert two.cause() == "file earlier.csv arrived"
    # beside what came here
    also = Versions()
    for side, month in ((also.before, JANUARY), (also.after, FEBRUARY)):
        side.file("attempts", 4, month=month)
    also.moved().after.file("earlier", 1, month=FEBRUARY)
    also.after.file("new", 1)
    assert also.cause() == "file earlier.csv arrived; file new.csv arrived"
    # by what came there for this figure: not in another month, nor for another
    two.after.file("march", 1, month="2024-03")
    two.after.file("calls", 1, month=FEBRUARY, figure="metric:n")
    assert two.causes()["kpi.cells", JANUARY, "m"] == "file earlier.csv arrived"
    # nor is a file of another metric's month the mover
    two = Versions()
    two.before.file("attempts", 4)
    two.moved().after.file("attempts", 3)
    two.after.file("earlier", 1, month=FEBRUARY, figure="metric:n")
    two.after.counts("attempts", 1, month=FEBRUARY, figure="metric:n")
    assert two.cause() == "file attempts.csv counts 3 rows, before 4"
    # nor one that came where rows of another file went
    two = Versions()
    two.before.file("attempts", 4)
    two.before.file("cases", 2, month=FEBRUARY)
    two.moved().after.file("attempts", 3)
    two.after.file("cases", 1, month=FEBRUARY)
    two.after.file("earlier", 1, month=FEBRUARY)
    assert two.causes()["kpi.cells", JANUARY, "m"] == "file attempts.csv counts 3 rows, before 4"


def test_rows_without_a_known_mover_are_counted(two: Versions) -> None:
    two.before.file("old", 3)
    two.moved().after.file("old", 2)
    assert two.cause() == "file old.csv counts 2 rows, before 3"
    gone = Versions()
    gone.before.file("old", 3)
    gone.moved().after.file("old", None)
    assert gone.cause() == "file old.csv counts 0 rows, before 3"
    new = Versions()
    new.before.file("old", None)
    new.moved().after.file("old", 2)
    assert new.cause() == "file old.csv counts 2 rows, before 0"
    # of a file that no list of files has any more its content is all that is known
    unlisted = Versions()
    for side, rows in zip(unlisted.both(), (3, 2), strict=True):
        side.counts("f1", rows, month=JANUARY, path="f1")
    assert unlisted.moved().cause() == "file f1 counts 2 rows, before 3"
