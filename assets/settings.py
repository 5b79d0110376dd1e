"""`kring.toml`: the settings of one home, every key listed here and checked.

An unknown key, a wrong type or an impossible value is an error that names the line. What the
settings mean to a run is the business of those who read them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

_SETTINGS: dict[str, dict[str, type]] = {
    "organisation": dict.fromkeys(
        ("name", "timezone", "country_code", "first_month", "last_month"), str
    ),
    "ingest": {"settle_seconds": int, "max_file_mb": int},
    "published": {"keep_versions": int, "grace_hours": int, "reports": str},
    "nightly": {"cron": str},
    "alerts": {"hook": str, "webhook": str, "on": str, "timeout_seconds": int},
    "freshness": {"working_day": int},
}
_TYPES = {str: "text in quotes", int: "a whole number without quotes"}
# keys that say too little without their section
_ATTRIBUTES = {"on": "alert_on", "timeout_seconds": "alert_seconds"}
ALERT_ON = ("failure", "findings", "always")
LANGUAGES = ("id", "en")


class HomeError(RuntimeError):
    """A home that cannot be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """`kring.toml`, checked."""

    name: str
    timezone: str
    first_month: date
    last_month: date | None = None
    country_code: str = "62"
    """Of phone numbers written with a trunk zero, which are one person's with those without."""
    settle_seconds: int = 2
    max_file_mb: int = 4096
    keep_versions: int = 14
    grace_hours: int = 24
    reports: tuple[str, ...] = LANGUAGES
    """The languages in which a version has performance reports."""
    cron: str = "0 4 * * *"
    hook: str = ""
    webhook: str = ""
    alert_on: str = "findings"
    alert_seconds: int = 30
    working_day: int = 5


def read_settings(path: Path) -> Settings:
    """Load and check `kring.toml`; raises HomeError naming key and remedy."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # with the mark that Notepad writes too
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HomeError(f"kring.toml: not readable as TOML ({error})") from None
    values: dict[str, object] = {}
    for section, keys in given.items():
        known = _SETTINGS.get(section)
        if known is None or not isinstance(keys, dict):
            raise _fault(text, section, f"unknown section [{section}]; {_known(_SETTINGS)}")
        for key, value in keys.items():
            if key not in known:
                raise _fault(text, key, f"unknown key {section}.{key}; {_known(known)}")
            if type(value) is not known[key]:
                raise _fault(text, key, f"{section}.{key} must be {_TYPES[known[key]]}")
            values[_ATTRIBUTES.get(str(key), str(key))] = value
    for key in ("name", "timezone", "first_month"):
        if not values.get(key):
            raise _fault(text, key, f"organisation.{key} is missing or empty; fill it in")
    return Settings(**_checked(text, values))  # type: ignore[arg-type]


def _fault(text: str, key: str, advice: str) -> HomeError:
    """An error about a setting, with the line on which it stands."""
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip(" [").startswith(key)]
    at = f" line {lines[0]}" if lines else ""
    return HomeError(f"kring.toml{at}: {advice}")


def _known(names: object) -> str:
    return f"known are {', '.join(sorted(names))}"  # type: ignore[call-overload]


def _checked(text: str, values: dict[str, object]) -> dict[str, object]:
    try:
        ZoneInfo(str(values["timezone"]))
    except (KeyError, ValueError, OSError):
        said = "organisation.timezone is no zone of the tz database (such as Asia/Jakarta)"
        raise _fault(text, "timezone", said) from None
    given = [key for key in ("first_month", "last_month") if key in values]
    months: dict[str, object] = {key: _month(text, key, str(values[key])) for key in given}
    if str(months.get("last_month", "9")) < str(months["first_month"]):
        raise _fault(text, "last_month", "organisation.last_month lies before first_month")
    for key in ("settle_seconds", "max_file_mb", "keep_versions", "grace_hours"):
        if isinstance(count := values.get(key, 1), int) and count < (key == "keep_versions"):
            raise _fault(text, key, f"{key} must not be below {int(key == 'keep_versions')}")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", str(values.get("country_code", "62"))):
        raise _fault(text, "country_code", 'organisation.country_code must read like "62"')
    _check_alerts(text, values)
    reports = {"reports": _languages(text, str(values["reports"]))} if "reports" in values else {}
    return {**values, **months, **reports}


def _languages(text: str, value: str) -> tuple[str, ...]:
    """The languages of `reports`, in the order of LANGUAGES; `none` is none of them."""
    given = set(value.replace(",", " ").split())
    if given == {"none"}:
        return ()
    if not given or given - set(LANGUAGES):
        raise _fault(
            text, "reports", f'published.reports must be of {", ".join(LANGUAGES)}, or "none"'
        )
    return tuple(each for each in LANGUAGES if each in given)


def _check_alerts(text: str, values: dict[str, object]) -> None:
    if values.get("alert_on", "always") not in ALERT_ON:
        raise _fault(text, "on", f"alerts.on must be one of {', '.join(ALERT_ON)}")
    if not str(values.get("webhook") or "https://").startswith(("http://", "https://")):
        raise _fault(text, "webhook", "alerts.webhook must begin with http:// or https://")
    if not 1 <= int(str(values.get("alert_seconds", 1))) <= 600:
        raise _fault(text, "timeout_seconds", "alerts.timeout_seconds must be 1 to 600")
    if not 0 <= int(str(values.get("working_day", 0))) <= 20:
        raise _fault(text, "working_day", "freshness.working_day must be 1 to 20, or 0 for never")


def _month(text: str, key: str, value: str) -> date:
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        raise _fault(text, key, f'organisation.{key} must read like "2024-01"') from None
