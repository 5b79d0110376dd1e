"""What KPIs, composites and nodes are said to rest on: no more than decides them, and no less."""

from __future__ import annotations

import pytest
from explaining import Explained, explained

from assets.publishing.explaining import EXPLANATION

__all__ = ["explained"]  # the fixture


def test_a_kpi_rests_on_its_own_row_and_conversions(explained: Explained) -> None:
    """On the row that is in force when the period ends, of those that it has had and will have."""
    explained.alter(
        "ref.register_rows",
        "insert into {} (table_name, row_key, valid_from, valid_to) values "
        "('kpis', 'service_level', '2020-01-01', '2023-12-31'), "
        "('kpis', 'service_level', '2025-01-01', null)",
    )
    assert explained.rests("kpi:service_level", "Q4", "rule") == [("kpis:service_level",)]
    conversions = ("80_to_91", "91_to_95", "below_80", "from_95")
    assert explained.rests("kpi:budget_execution", "Q4", "rule") == [
        *((f"conversions:budget_{piece}",) for piece in conversions), ("kpis:budget_execution",),
    ]  # fmt: skip


def test_a_reported_realisation_rests_on_the_row_that_reports_it(explained: Explained) -> None:
    """Of its KPI, year and period; what is computed beside it does not."""
    explained.alter(
        "ref.register_rows",
        "insert into {} (table_name, row_key) values ('reported', 'service_level 2023 Y'), "
        "('reported', 'service_level 2024 Q4'), ('reported', 'service_levels 2024 Y')",
    )
    explained.alter(
        "kpi.scorecard", "update {} set realisation = 85 where basis = 'reported' and period = 'Y'"
    )
    asked = ("kpi:service_level", "Y", "reported", "part, value")
    assert explained.rests(*asked, basis="reported") == [("reported:service_level 2024 Y", 85)]
    assert explained.rests(*asked) == []
    rule = explained.rests("kpi:service_level", "Y", "rule", "part, value", basis="reported")
    assert rule == [("kpis:service_level", None)]
    assert explained.rests("kpi:service_level", "Y", "rule") == [("kpis:service_level",)]


def test_a_composite_rests_on_its_own_row(explained: Explained) -> None:
    """And not on the row of a KPI of that name."""
    explained.alter(
        "ref.register_rows", "update {} set row_key = 'csi_index' where row_key like 'customer%'"
    )
    assert explained.rests("composite:csi_index", "Q1", "rule") == [("composites:csi_index",)]


def test_a_kpi_rests_on_its_composite_of_that_period(explained: Explained) -> None:
    assert explained.rests("kpi:service_level", "Q4", "composite", "part, part_period, text") == [
        ("composite:service_level_index", "Q4",
         "Service level of phone and live chat, equally weighted; counted from complete exports"),
    ]  # fmt: skip


def test_a_kpi_and_a_composite_rest_on_the_channels_and_services_they_name(
    explained: Explained,
) -> None:
    assert explained.rests("kpi:telephone_occupancy", "Y", "metric", "part, text") == [
        ("metric:occupancy phone", "Occupancy by the house formula")
    ]
    assert explained.rests("composite:service_level_index", "Q1", "metric", "part, text") == [
        ("metric:service_level chat", "chat: Service level"),
        ("metric:service_level phone", "phone: Service level"),
    ]
    services = ("complaint", "inbound", "outbound", "social_media")
    assert explained.rests("composite:csi_index", "Q1", "metric", "part, split_part(text, ':', 1)"
                           ) == [(f"metric:csi {name}", name) for name in services]  # fmt: skip


def test_a_kpi_that_begins_within_a_period_rests_on_the_months_from_there_on(
    explained: Explained,
) -> None:
    explained.alter(
        "ref.kpis",
        "update {} set valid_from = date '2024-02-01' where kpi_id = 'telephone_occupancy'",
    )
    months = explained.rests("kpi:telephone_occupancy", "Q1", "month", "part, part_period")
    assert months == [("metric:occupancy phone", m) for m in ("2024-02", "2024-03")]
    assert explained.rests("kpi:telephone_occupancy", "Q1", "metric") == []
    assert explained.rests("kpi:telephone_occupancy", "Q2", "month") == []


def test_a_kpi_rests_on_what_it_comes_from_at_the_end_of_the_period(explained: Explained) -> None:
    """From March on on another metric: the KPI itself has been there since January."""
    named = "kpi_id = 'telephone_occupancy'"
    explained.alter(
        "ref.kpis",
        f"update {{0}} set valid_from = date '2024-03-01', valid_to = null where {named}; "
        "insert into {0} by name select * replace (date '2024-01-01' as valid_from, "
        "date '2024-02-29' as valid_to, 'metric:occupancy_standard' as source) "
        f"from {{0}} where {named}",
    )
    assert explained.rests("kpi:telephone_occupancy", "Q1", "metric") == [
        ("metric:occupancy phone",)
    ]
    assert explained.rests("kpi:telephone_occupancy", "Q1", "month") == []


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"), [(1.25, 2.5, 50), (1, 1, 100), (0, 0, None)]
)
def test_an_input_of_two_numbers_is_their_share(
    explained: Explained, numerator: float, denominator: float, value: float | None
) -> None:
    explained.alter(
        "kpi.inputs",
        f"update {{}} set numerator = {numerator}, denominator = {denominator} "
        "where input_id = 'process_transformation' and period = 'Q1'",
    )
    assert explained.rests("kpi:process_transformation", "Q1", "input", "value") == [(value,)]


def test_an_input_is_told_with_its_evidence_and_a_part_on_its_own_authority(
    explained: Explained,
) -> None:
    explained.alter(
        "kpi.inputs",
        "update {} set evidence = 'page 3', authority = 'A', is_synthetic = input_id = 'smart'",
    )
    explained.alter("ref.composite_parts", "update {} set authority = 'B'")
    asked = ("Q4", "input", "text, authority")
    assert explained.rests("kpi:process_transformation", *asked) == [("page 3", "A")]
    assert explained.rests("composite:budget_execution", *asked) == [
        ("ikpa: page 3", "B"), ("smart: page 3 (synthetic)", "B"),
    ]  # fmt: skip


def test_an_input_counts_in_the_quarters_at_whose_end_it_is_named(explained: Explained) -> None:
    """SMART is a part from November on: in the fourth quarter, not in the third."""
    explained.alter(
        "kpi.inputs",
        "insert into {} by name select * replace ('Q3' as period) from published.kpi.inputs "
        "where input_id = 'smart'",
    )
    explained.alter(
        "ref.composite_parts",
        "update {} set valid_from = date '2024-11-01' where part_id = 'smart'",
    )
    found = explained.rests("composite:budget_execution", "Y", "input")
    assert found == [
        *((f"inputs:ikpa 2024 Q{n}",) for n in range(1, 5)), ("inputs:smart 2024 Q4",),
    ]  # fmt: skip


def test_a_kpi_that_begins_within_a_year_rests_on_the_inputs_of_its_own_quarters(
    explained: Explained,
) -> None:
    """From August on; another KPI names the same input since January."""
    for table, columns, named in (
        ("ref.kpis", "'late' as kpi_id, date '2024-08-01' as valid_from, 'pooled' as consolidation",
         "kpi_id"),
        ("kpi.scorecard", "'late' as id", "id"),
    ):  # fmt: skip
        explained.alter(
            table,
            f"insert into {{0}} by name select * replace ({columns}) from {{0}} "
            f"where {named} = 'process_transformation'",
        )
    name = "inputs:process_transformation 2024 Q"
    assert explained.rests("kpi:late", "Y", "input") == [(f"{name}3",), (f"{name}4",)]


def test_a_node_says_what_its_children_lost_and_lack(explained: Explained) -> None:
    explained.alter(
        "kpi.scorecard",
        "update {} set points_lost_to_cap = if(id = 'service_performance', 0.5, 0), "
        "measured_weight = if(id = 'stakeholder', 0.625, 1)",
    )
    texts = "regexp_replace(part, '^.*:', ''), text"
    assert explained.rests("objective:objective_3", "Q1", "kpi", texts) == [
        ("service_level", "3a-N Service level of Kring Pajak"),
        ("service_performance",
         "3c-N Effectiveness of contact-centre service performance; 0.50 points lost to the cap"),
        ("telephone_occupancy", "3b-N Telephone occupancy"),
    ]  # fmt: skip
    assert explained.rests("organisation:organisation", "Q1", "perspective", texts) == [
        ("internal_process", "Internal process perspective"),
        ("learning_growth", "Learning and growth perspective"),
        ("stakeholder", "Stakeholder perspective; 62.5 % of its weight measured"),
    ]
    # of a KPI, which is measured or not, its status tells
    explained.con.execute("update kpi.scorecard set measured_weight = 0 where level = 'kpi'")
    assert explained.rests("objective:objective_3", "Q1", "kpi", texts)[0][1] == (
        "3a-N Service level of Kring Pajak"
    )


def test_a_weight_has_the_authority_of_its_row_in_force(explained: Explained) -> None:
    """Not of one that has ended, or of another table; a child without a row is told without."""
    explained.alter(
        "ref.register_rows",
        "delete from {0} where table_name = 'weights' and row_key like '% service_performance'; "
        "update {0} set authority = 'W' where table_name = 'weights'; "
        "insert into {0} (table_name, row_key, valid_to, valid_from, authority) values "
        "('weights', 'objective_3 service_level', '2023-12-31', '2020-01-01', 'ended'), "
        "('nodes', 'objective_3 service_level', null, '2020-01-01', 'another')",
    )
    found = explained.rests("objective:objective_3", "Q1", "kpi", "part, authority")
    assert found == [
        ("kpi:service_level", "W"), ("kpi:service_performance", None),
        ("kpi:telephone_occupancy", "W"),
    ]  # fmt: skip


def test_a_kpi_rests_on_the_latest_target_and_on_the_periods_own_first(
    explained: Explained,
) -> None:
    rows = (
        (2024, "*", 81, "2024-06-01"), (2024, "Q1", 75, "2024-01-01"),
        (2024, "Q1", 76, "2023-12-01"), (2025, "*", 90, "2025-01-01"),
    )  # fmt: skip
    values = ", ".join(
        f"('service_level', {year}, '{period}', {target}, date '{decided}')"
        for year, period, target, decided in rows
    )
    explained.alter(
        "ref.targets",
        f"insert into {{}} (kpi_id, year, period, target, decided_on) values {values}",
    )
    for period, value, text in (
        ("Q1", 75, "75 for Q1, decided on 2024-01-01"),
        ("Q2", 81, "81 for every period, decided on 2024-06-01"),
    ):
        assert explained.rests("kpi:service_level", period, "target", "value, text") == [
            (value, text)
        ]
    # of another KPI nothing was decided since
    assert explained.rests("kpi:telephone_occupancy", "Q2", "target", "value") == [(64,)]


def test_a_value_is_held_against_the_target_of_the_quarter_that_it_is_from(
    explained: Explained,
) -> None:
    """The year's computed value is the third quarter's, the reported one is the year's own.

    What was closed before this was kept says nothing of it: then the period's own target holds.
    """
    explained.alter(
        "ref.targets",
        "insert into {} (kpi_id, year, period, target, decided_on) values "
        "('service_level', 2024, 'Q3', 75, date '2024-01-01'), "
        "('service_level', 2024, 'Y', 82, date '2024-01-01')",
    )
    explained.alter(
        "kpi.realisations",
        "update {} set target_period = 'Q3' "
        "where kpi_id = 'service_level' and period = 'Y' and basis = 'computed'",
    )
    asked = ("kpi:service_level", "Y", "target", "value")
    assert explained.rests(*asked) == [(75,)]
    assert explained.rests(*asked, basis="reported") == [(82,)]
    explained.con.execute("update kpi.realisations set target_period = null")
    assert explained.rests(*asked) == [(82,)]


def test_a_kpi_that_is_not_pooled_rests_on_its_quarters(explained: Explained) -> None:
    """As they are computed, whatever is reported of them."""
    explained.alter(
        "kpi.scorecard",
        "update {0} set realisation = 10 * cast(right(period, 1) as integer) "
        "where id = 'customer_satisfaction' and basis = 'computed' and period like 'Q%'; "
        "insert into {0} by name select * replace ('reported' as basis, 99 as realisation) "
        "from {0} where id = 'customer_satisfaction' and basis = 'computed' and period like 'Q%'",
    )
    for period, quarters in (("S1", 2), ("YTD-Q3", 3), ("Y", 4), ("Q2", 0)):
        found = explained.rests(
            "kpi:customer_satisfaction", period, "quarter", "part_period, value"
        )
        assert found == [(f"Q{n}", 10 * n) for n in range(1, quarters + 1)]
    assert explained.rests("kpi:service_level", "Y", "quarter") == []


def test_of_two_years_each_rests_on_its_own(explained: Explained) -> None:
    """2023 is put beside 2024 with the same figures: nothing of 2024 rests on any of them."""
    asked = "from parts where year = 2024 order by all"
    EXPLANATION.lay_out(explained.con)
    before = explained.con.execute(asked).fetchall()
    earlier = {
        "kpi.cells": "replace(period, '2024', '2023') as period",
        "kpi.composites": "replace(period, '2024', '2023') as period",
        "kpi.scorecard": "index / 2 as index", "kpi.realisations": "value / 2 as value",
        "kpi.inputs": "value / 2 as value",
        # each of the period's own, which goes before the year's
        "ref.targets": "target / 2 as target, if(period = '*', 'Y', period) as period",
        "ref.calendar": "month - interval 1 year as month, "
        "cast(period_end - interval 1 year as date) as period_end",
    }  # fmt: skip
    for table, columns in earlier.items():
        explained.alter(
            table,
            f"insert into {{0}} by name select * replace (2023 as year, {columns}) from {{0}}",
        )
    EXPLANATION.lay_out(explained.con)
    assert explained.con.execute(asked).fetchall() == before
    assert explained.rests("metric:csi inbound", "Q1", "month", "part_period") == [
        ("2024-01",), ("2024-02",), ("2024-03",)
    ]  # fmt: skip
