"""What became of every file and row of the sample: nothing is lost between export and fact."""

from __future__ import annotations

from homes import TestHome


def test_every_files_rows_are_accounted_for(sample_home: TestHome) -> None:
    unbalanced = (
        "select path from ops.files "
        "where rows <> accepted + corrections + duplicates + filtered + rejected"
    )
    assert sample_home.query(unbalanced) == []
    sums = sample_home.query("select sum(rows), sum(duplicates), sum(rejected) from ops.files")
    assert min(sums[0]) > 0, "the sample's dirt is there"


def test_rejects_are_listed_row_by_row(sample_home: TestHome) -> None:
    unlisted = (
        "select path, rejected, listed from ops.files left join (select file_id, "
        "count(distinct file_row) as listed from ops.rejects group by file_id) using (file_id) "
        "where status = 'loaded' and rejected <> coalesce(listed, 0)"
    )
    assert sample_home.query(unlisted) == []
    strange = "select * from ops.rejects anti join ops.files using (file_id)"
    assert sample_home.query(strange) == []


def test_accepted_rows_are_the_facts_rows(sample_home: TestHome) -> None:
    """`accepted` counts each key once; facts of one row per key hold exactly those."""
    accepted = dict(
        sample_home.query(
            "select kind, sum(accepted) from ops.files where kind is not null group by 1"
        )
    )
    contacts = dict(
        sample_home.query("select channel, count(*) from fact.contacts group by channel")
    )
    assert contacts == {"phone": accepted["calls"], "chat": accepted["chats"]}
    for table, kind in (
        ("survey_responses", "surveys"), ("outbound_attempts", "outbound_attempts"),
        ("payments", "payments"), ("agent_activity", "agent_activity"),
        ("complaints", "complaints"),
    ):  # fmt: skip
        assert sample_home.query(f"select count(*) from fact.{table}") == [(accepted[kind],)], table
    # a listed case that nobody dialled is no outbound case
    assert sample_home.query("select count(*) from fact.outbound_cases") == sample_home.query(
        "select count(distinct case_id) from fact.outbound_attempts"
    )


def test_facts_name_the_file_and_the_record(sample_home: TestHome) -> None:
    for table in ("contacts", "survey_responses", "outbound_attempts", "payments"):
        assert sample_home.query(
            f"select count(*) from fact.{table} as f left join ops.files as o "
            "on o.file_id = f.file_id and o.status = 'loaded' "
            "where o.file_id is null or f.file_row not between 1 and o.rows",
        ) == [(0,)], table
