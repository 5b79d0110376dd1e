"""Gallery sources of surveys, each on a small export, against hand counts.

The fixtures' traps are named where they are expected; times are as in `shelf`.
"""

from __future__ import annotations

from shelf import Gallery, at, picked


def test_qualtrics(gallery: Gallery) -> None:
    read = gallery("qualtrics")
    assert picked(read, "_row", "responded_at", "status", "score", "contact_id") == [
        # the zone stands in the third row: 09:59:59 in Denver is 23:59:59 in Jakarta
        (3, at("16:59:59"), "completed", 5, "C-1"),
        (4, at("17:00:00"), "completed", 4, "C-2"),
        (5, at("2024-01-15T15:15:02"), "completed", 1, "C-3"),  # words for numbers
        (8, at("2024-01-16T15:15:02"), "not_rated", None, None),  # blank
        (9, at("2024-01-17T15:15:02"), "not_rated", None, None),  # 0
        (15, at("2024-07-01T06:00:00"), "completed", 4, None),  # summer time
    ]
    assert read.months == {"2024-01": 4, "2024-02": 1, "2024-07": 1}
    assert read.reading.rejects == {
        "unknown_status": 1,
        "score_out_of_scale score": 1,
        # not a time; an hour that was skipped; an hour that there was twice
        "not_a_time responded_at": 3,
    }
    assert read.reading.filtered == 4  # two header rows, a preview, a test
    assert set(read.column("service")) == {"inbound"} and set(read.column("scale_max")) == {5}
    assert len({key for key in read.column("respondent_key") if key}) == 2


def test_limesurvey(gallery: Gallery) -> None:
    read = gallery("limesurvey")
    assert picked(read, "response_id", "responded_at", "status", "score") == [
        ("1", at("16:59:59"), "completed", 5),  # the last second of January in Jakarta
        ("2", at("17:00:00"), "completed", 4),  # A4, the code of an array
        # 3 was never sent off
        ("4", at("2024-01-15T03:00:00"), "completed", 2),  # AO02, the code of a list
        ("5", at("2024-01-16T03:00:00"), "not_rated", None),  # blank
        ("6", at("2024-01-17T03:00:00"), "not_rated", None),  # N/A, not shown to this person
    ]
    assert read.months == {"2024-01": 4, "2024-02": 1}
    assert read.reading.rejects == {
        "undated": 1,  # 1980-01-01, of a survey that is not date-stamped
        "not_a_number score": 1,  # -oth-
        "score_out_of_scale score": 1,
    }
    assert read.reading.filtered == 1
    assert len({key for key in read.column("respondent_key") if key}) == 2


def test_surveymonkey(gallery: Gallery) -> None:
    read = gallery("surveymonkey")
    assert picked(read, "response_id", "responded_at", "status", "score", "contact_id") == [
        ("118052219001", at("16:59:59"), "completed", 5, "C-1"),  # in Indonesian words
        ("118052219002", at("17:00:00"), "completed", 4, "C-2"),  # 12:00:00 AM; "4 - Satisfied"
        ("118052219003", at("2024-01-15T05:01:00"), "completed", 1, "C-3"),  # 12:01:00 PM
        ("118052219004", at("2024-01-16T06:01:00"), "completed", 3, None),  # a clock of 24 hours
        ("118052219005", at("2024-01-17T02:01:00"), "not_rated", None, None),
    ]
    assert read.reading.rejects == {
        "id_lost_digits response_id": 1,  # 1.18052E+11, saved by a spreadsheet
        "not_a_number score": 1,  # words that are not listed
        "not_a_time responded_at": 1,  # day before month
    }
    assert read.reading.filtered == 0  # the second header row is no record
    assert len({key for key in read.column("respondent_key") if key}) == 2


def test_intercom_ratings(gallery: Gallery) -> None:
    read = gallery("intercom_ratings")
    assert picked(read, "response_id", "contact_id", "responded_at", "status", "score") == [
        ("1", "1", at("01:13:30"), "completed", 5),
        ("6", "6", at("01:13:40"), "not_rated", None),  # asked, and did not rate
        ("1", "1", at("01:13:30"), "completed", 4),  # rated anew, in a newer state
    ]
    assert read.reading.rejects == {"score_out_of_scale score": 1}
    assert read.reading.filtered == 4  # nobody was asked
    assert set(read.column("service")) == {"social_media"}


def test_chatwoot_ratings(gallery: Gallery) -> None:
    read = gallery("chatwoot_ratings")
    assert picked(read, "response_id", "contact_id", "responded_at", "status", "score") == [
        ("1", "11", at("01:00:00"), "completed", 5),
        ("2", "12", at("01:01:00"), "completed", 1),
        ("3", "13", at("01:01:30"), "not_rated", None),
    ]
    one, other, again = read.column("respondent_key")
    assert one != other == again
    assert read.reading.rejects == {"score_out_of_scale score": 1}
