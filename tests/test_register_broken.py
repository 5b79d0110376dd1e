"""The register when somebody breaks it: every way it can be wrong, and what is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from editing import SHIPPED, append, edit, find, lines, write

from schemas.register import RegisterError, load_register


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "register"))


Break = Callable[[Path], int]


def extra(table: str, line: str) -> Break:
    return lambda folder: append(folder, table, line)


def changed(table: str, text: str, **cells: str) -> Break:
    return lambda folder: edit(folder, table, text, **cells)


def _missing_file(folder: Path) -> int:
    (folder / "weights.csv").unlink()
    return 0


def _stranger(folder: Path) -> int:
    (folder / "weights2.csv").write_text("a,b\n")
    return 0


def _header(table: str, old: str, new: str) -> Break:
    def change(folder: Path) -> int:
        content = lines(folder, table)
        write(folder, table, [content[0].replace(old, new), *content[1:]])
        return 1

    return change


def _semicolons(folder: Path) -> int:
    write(folder, "metrics", [line.replace(",", ";") for line in lines(folder, "metrics")])
    return 1


def _latin1(folder: Path) -> int:
    file = folder / "metrics.csv"
    file.write_bytes(file.read_bytes().replace(b"Shown beside", b"Sh\xf8wn beside"))
    return find(SHIPPED, "metrics", "Shown beside")


POLICY = "exclude,exclude,exclude,exclude,Decree 12,false,"
CLOSED = "2024-10-01,2024-12-31"
BROKEN: list[tuple[str, str, Break, str]] = [
    ("missing file", "weights", _missing_file, "the file is missing; create it with the header"),
    ("unknown file", "weights2", _stranger, "no table of the register; rename or remove it"),
    ("missing column", "weights", _header("weights", "weight,", "wght,"), "column 'weight' is mis"),
    ("unknown column", "weights", _header("weights", "weight,", "wght,"), "column 'wght' is unkn"),
    ("double column", "weights", _header("weights", "note", "weight"), "stands twice; keep one"),
    ("semicolons", "metrics", _semicolons, "separated by ';'; save the file with commas"),
    ("not UTF-8", "metrics", _latin1, "save the file as CSV UTF-8"),
    ("open quote", "metrics", extra("metrics", 'mine,"lower,Team'), "check quotes"),
    ("unquoted comma", "metrics", extra("metrics", "mine,none,A, B,2024-01-01,Decree 12,,,"),
     "needs double quotes"),
    ("date", "kpis", changed("kpis", "1a-N", valid_from="01/02/2024"), "write YYYY-MM-DD"),
    ("no such day", "kpis", changed("kpis", "1a-N", valid_from="2024-02-30"), "write YYYY-MM-DD"),
    ("number", "targets", changed("targets", "mental_development", target="80,5"),
     "with a point for decimals"),
    ("length", "targets", changed("targets", "mental_development", target="1" * 15), "14 digits"),
    ("decimals", "targets", changed("targets", "mental_development", target="80.12345"),
     "too many decimals; write at most 4"),
    ("integer", "targets", changed("targets", "mental_development", year="24a"), "write digits"),
    ("range", "metrics", changed("metrics", "handle_time", coverage_floor="80"), "at most 1"),
    ("too low", "metrics", changed("metrics", "csi,higher", minimum_n="0"), "at least 1"),
    ("weight", "weights", changed("weights", "stakeholder,objective_1", weight="half"),
     "a fraction such as 1/3"),
    ("bool", "kpis", changed("kpis", "1a-N", is_assumption="ja"), "write true or false"),
    ("choice", "kpis", changed("kpis", "1a-N", polarity="maximize"), "maximise, minimise, stab"),
    ("channel", "service_level_policy",
     extra("service_level_policy", f"mail,email,*,2024-01-01,,20,0.8,<=,count,0,{POLICY}"),
     "channel 'email' is unknown; write one of phone, chat"),
    ("empty", "kpis", changed("kpis", "1a-N", owner=""), "owner is empty; it must say"),
    ("id", "metrics", changed("metrics", "handle_time", metric_id="Handle time"), "underscores"),
    *((f"placeholder {text}", "inputs", changed("inputs", "smart,", evidence=text),
       "is a placeholder; say what it is")
      for text in ("todo", "TBD", "xxx", "-", "n/a", "?", "Lorem ipsum", "TODO: ask finance")),
    ("duplicate key", "inputs", extra("inputs", "smart,2024,Q4,,,95,true,Made up,Us"),
     "already; keep one"),
    ("same decided_on", "targets", extra("targets", "service_level,2024,*,80,2024-01-01,Us,false"),
     "already; keep one"),
    ("target of none", "targets", extra("targets", "service_levle,2024,*,80,2024-02-01,Us,false"),
     "is not in kpis.csv; write service_level or add it"),
    ("reported of none", "reported", extra("reported", "nobody,2024,Q1,80,Us,"), "in kpis.csv"),
    ("weight of none", "weights", extra("weights", "objective_1,nobody,2024-01-01,,0,Us,false,"),
     "is not in nodes.csv or kpis.csv"),
    ("weight under none", "weights", extra("weights", "nowhere,objective_1,2026-01-01,,1,Us,true,"),
     "parent_id 'nowhere' is not in nodes.csv"),
    ("input of none", "inputs", extra("inputs", "smrt,2024,Q1,,,95,true,Made up,Us"),
     "write smart or add it"),
    ("conversion of none", "conversions",
     extra("conversions", f"x,nobody,{CLOSED},0,,80,,,Us,false"), "is not in kpis.csv"),
    ("part of none", "composite_parts",
     extra("composite_parts", "nothing,a,2024-01-01,,metric:csi,,,1,Us,false"), "composites.csv"),
    ("composite without parts", "composites", extra("composites", "empty,Empty,null,Us,false"),
     "add its parts to composite_parts.csv"),
    ("part's metric", "composite_parts",
     changed("composite_parts", ",phone,2024", source="metric:service_levels"),
     "is not in metrics.csv; write service_level"),
    ("part's source", "composite_parts",
     changed("composite_parts", ",phone,2024", source="composite:csi_index"),
     "write metric:ID or input:ID"),
    ("requirement of none", "requirements", extra("requirements", "nothing,,,calls"), "metrics.cs"),
    ("KPI's composite", "kpis", changed("kpis", "1a-N", source="composite:csi"), "composites.csv"),
    ("KPI's source", "kpis", changed("kpis", "1a-N", source="csi_index"), "composite:ID or met"),
    ("filter of an input", "kpis", changed("kpis", "7a-N", channel="phone"), "leave both empty"),
    ("backwards", "kpis", changed("kpis", "1a-N", valid_to="2023-12-31"), "exchange or correct"),
    ("gap", "service_level_policy", extra("service_level_policy",
     f"later,phone,Umum,2025-02-01,,60,0.8,<=,count,0,{POLICY}\n"
     f"early,phone,Umum,2024-01-01,2024-12-31,60,0.8,<=,count,0,{POLICY}"),
     "no row in force from 2025-01-01 to 2025-01-31"),
    ("overlap", "service_level_policy", extra("service_level_policy",
     f"strict,phone,*,2024-07-01,,10,0.8,<=,count,0,{POLICY}"),
     "two rows in force on 2024-07-01 (lines 2 and 4); close the earlier row"),
    ("code twice", "kpis", changed("kpis", "7b-N", code="7a-N"), "one code names one KPI"),
    ("weights", "weights", changed("weights", "_process,objective_6", weight="0.2"),
     "'internal_process' sum to 0.95 on 2024-01-01 (lines 7, 8, 9, 10)"),
    ("weights in between", "weights",
     changed("weights", "_process,objective_3", valid_to="2024-06-30"),
     "sum to 0.75 on 2024-07-01 (lines 8, 9, 10)"),
    ("weights with a hole", "weights", lambda f: (
        edit(f, "weights", "objective_1,customer", valid_to="2024-06-30"),
        append(f, "weights", "objective_1,customer_satisfaction,2024-08-01,,1,Us,true,"))[1],
     "in force from 2024-07-01 to 2024-07-31"),
    ("composite's weights", "composite_parts", changed("composite_parts", ",smart,", weight="0.4"),
     "'budget_execution' sum to 0.9 on 2024-10-01"),
    ("two parents", "weights", extra("weights",
     "objective_2,customer_satisfaction,2024-01-01,,0,Us,true,"), "a child has one parent"),
    ("upwards", "weights", extra("weights", "objective_1,stakeholder,2026-01-01,,0,Us,true,"),
     "is not below 'objective_1'"),
    ("weight outlives KPI", "weights",
     lambda f: (edit(f, "kpis", "1a-N", valid_to="2024-12-31"),
                find(f, "weights", "objective_1,customer"))[1],
     "'customer_satisfaction' does not (it holds from 2024-01-01 to 2024-12-31)"),
    ("second organisation", "nodes",
     extra("nodes", "other,organisation,2024-01-01,,,Lain,Other,Us"), "a home holds one"),
    ("conversion gap", "conversions", changed("conversions", "_91_to_95", from_value="92"),
     "leaves a gap to line 4; end line 3 with to_value 92"),
    ("conversion overlap", "conversions", changed("conversions", "_91_to_95", from_value="90"),
     "overlaps line 4"),
    ("conversion ends", "conversions", changed("conversions", "_from_95", to_value="120"),
     "leave to_value of the highest piece empty"),
    ("conversion begins", "conversions", changed("conversions", "_below_80", from_value="10"),
     "has no piece below 10"),
    ("conversion divisor", "conversions", changed("conversions", "_91_to_95", divisor="0"),
     "divisor is not 0"),
    ("target zero", "targets", changed("targets", "mental_development", target="0"), "above 0"),
    ("input both", "inputs", changed("inputs", "smart,", numerator="1", denominator="2"),
     "give either value, or numerator and denominator"),
    ("input pooled", "inputs", changed("inputs", "audit_recommendations,2024,Q1", numerator="",
     denominator="", value="100"), "audit_recommendations pools its quarters"),
    ("cap", "kpis", changed("kpis", "1a-N", cap_low="130"), "cap_low is not below cap_high"),
    ("award to the least", "kpis", changed("kpis", "4a-N", polarity="minimise"),
     "which is no award where the polarity is minimise"),
    ("input pooled by one of two", "inputs", lambda f: (
        edit(f, "kpis", "3c-N", source="input:audit_recommendations"),
        edit(f, "inputs", "audit_recommendations,2024,Q1", numerator="", denominator="",
             value="100"))[1], "audit_recommendations pools its quarters"),
    ("time of day", "service_hours", changed("service_hours", "chat_weekday", opens="8:00"),
     "opens '8:00' is not a time of day; write HH:MM"),
    ("half a window", "service_hours", changed("service_hours", "chat_weekday", closes=""),
     "fill in both, or leave both empty for closed all day"),
    ("window backwards", "service_hours", changed("service_hours", "chat_weekday", opens="17:00"),
     "closes 16:00 is not after opens 17:00; a window over midnight is two rows"),
    ("windows overlap", "service_hours", extra("service_hours",
     "more,chat,*,2024-06-01,,weekday,15:30,20:00,Decree 12,false,"),
     "chat * weekday has two rows for the same hours (lines 2 and 5)"),
    ("closed and open", "service_hours", extra("service_hours",
     "more,chat,*,2024-06-01,,weekend,08:00,12:00,Decree 12,false,"), "(lines 3 and 5)"),
    ("channel of hours", "service_hours", changed("service_hours", "chat_weekday", channel="phne"),
     "'phne' is unknown; write one of phone, chat"),
    ("moment", "events", changed("events", "omnichannel_restart", begins_at="11/09/2024 10:00"),
     "write YYYY-MM-DD HH:MM, or YYYY-MM-DD for a whole day"),
    ("event backwards", "events",
     changed("events", "omnichannel_restart", ends_at="2024-09-11 09:00"),
     "ends_at 2024-09-11 09:00 is not after begins_at 2024-09-11 10:00"),
    ("event without end", "events", changed("events", "omnichannel_restart", ends_at=""),
     "what a restart means depends on its window (event_kinds.csv); write when it ended"),
    ("kind of none", "events", changed("events", "omnichannel_restart", kind="restrat"),
     "kind 'restrat' is not in event_kinds.csv; write restart or add it"),
    ("formula", "occupancy_formula", changed("occupancy_formula", ",acw,", formula_id="other"),
     "says nothing of active, available, hold, not_ready"),
    ("rule in force", "service_level_presets", changed("service_level_presets", "wazo,",
     rule_id="in_force"), "stands for the policy in force"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "break_it", "advice"),
    [pytest.param(table, *rest, id=name) for name, table, *rest in BROKEN],
)
def test_a_broken_register_says_where_and_what_to_do(
    folder: Path, table: str, break_it: Break, advice: str
) -> None:
    line = break_it(folder)
    with pytest.raises(RegisterError) as caught:
        load_register(folder)
    place = f"register/{table}.csv line {line}: " if line else f"register/{table}.csv: "
    found = [problem for problem in caught.value.problems if problem.startswith(place)]
    assert any(advice in problem for problem in found), str(caught.value)


def test_all_problems_come_at_once(folder: Path) -> None:
    edit(folder, "kpis", "1a-N", owner="", polarity="up")
    edit(folder, "targets", "mental_development", target="0")
    with pytest.raises(RegisterError) as caught:
        load_register(folder)
    places = [text.split(":")[0] for text in caught.value.problems]
    target = find(folder, "targets", "mental_development")
    assert places == [*["register/kpis.csv line 2"] * 2, f"register/targets.csv line {target}"]
    assert str(caught.value) == "\n".join(caught.value.problems)
