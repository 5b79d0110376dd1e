"""systemd units for one installation: the templates of `pipelines/systemd/`, filled in.

Paths, user and the hour come from the home and the interpreter that runs this, so nobody edits
a unit by hand. Cron's five fields become systemd's calendar; what has no like there is refused.
"""

from __future__ import annotations

import grp
import pwd
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from string import Template

from assets.home import CODE, Home, HomeError

TEMPLATES = Path(__file__).resolve().parent / "systemd"
UNITS = ("kring-run.service", "kring-run.timer", "kring-web.service", "kring-daemon.service")
PREFIX = "kring"
# a run opens no connection by itself, and is kept from it where nobody is to be told by one
_NO_NETWORK = "IPAddressDeny=any\nIPAddressAllow=localhost"
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FIELD = re.compile(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?")


def units(home: Home, port: int, prefix: str = PREFIX) -> dict[str, str]:
    """Every unit's text by name; raises HomeError where a path or the cron cannot be written."""
    values = _values(home, port)
    values["common"] = _filled("common.conf", values, prefix).rstrip()
    told = home.settings.hook or home.settings.webhook
    values["network"] = "" if told else _NO_NETWORK
    return {_named(name, prefix): _filled(name, values, prefix) for name in UNITS}


def require_own(folder: Path, names: Iterable[str], home: Home) -> None:
    """Raise HomeError where units of these names are another home's, whose nights would end."""
    for path in (folder / name for name in names):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for other in re.findall(r"(?m)^Environment=KRING_HOME=(.+)$", text):
            if other != str(home.root):
                raise HomeError(
                    f"{path} is of the home {other}, whose nights would run no more; give the "
                    f"units of {home.root} a name of their own: --prefix"
                )


def _values(home: Home, port: int) -> dict[str, str]:
    code, owner = CODE, home.root.stat()
    for path in (home.root, code, Path(sys.executable)):
        if re.search(r"[\s%$\"'\\]", str(path)):
            raise HomeError(f"{path} holds a blank or sign that a unit cannot carry; move it")
    return {
        "organisation": re.sub(r"[^\w .,()-]", "", home.settings.name),
        "home": str(home.root),
        "code": str(code),
        "python": sys.executable,
        "user": _name(pwd.getpwuid, owner.st_uid),
        "group": _name(grp.getgrgid, owner.st_gid),
        "port": str(port),
        "cron": home.settings.cron,
        "calendar": calendar(home.settings.cron, home.settings.timezone),
    }


def _named(text: str, prefix: str) -> str:
    return re.sub(r"\bkring-(?=(run|web|daemon)\b)", f"{prefix}-", text)


def _filled(name: str, values: dict[str, str], prefix: str) -> str:
    template = (TEMPLATES / name).read_text(encoding="utf-8")
    text = Template(_named(template, prefix)).substitute(values)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _name(look_up: object, number: int) -> str:
    try:
        return str(look_up(number)[0])  # type: ignore[operator]
    except KeyError:
        return str(number)


def calendar(cron: str, zone: str) -> str:
    """Cron's five fields as systemd's OnCalendar, in the organisation's zone."""
    fields = cron.split()
    if len(fields) != 5:
        raise _refused(cron, "five fields are expected")
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise _refused(cron, "day and weekday together mean `or` in cron and `and` in systemd")
    date = f"*-{_listed(cron, month, 1)}-{_listed(cron, day, 1)}"
    time = f"{_listed(cron, hour, 0)}:{_listed(cron, minute, 0)}:00"
    days = "" if weekday == "*" else ",".join(_weekdays(cron, weekday)) + " "
    return f"{days}{date} {time} {zone}"


def _listed(cron: str, field: str, first: int) -> str:
    return ",".join(_part(cron, part, first) for part in field.split(","))


def _part(cron: str, part: str, first: int) -> str:
    found = _FIELD.fullmatch(part)
    if not found or (found[1] == "*" and found[2]):
        raise _refused(cron, f"{part!r} is no number, range or step")
    start, end, step = found[1], found[2], found[3]
    if start == "*":
        return f"{first}/{step}" if step else "*"
    text = f"{int(start):02}" + (f"..{int(end):02}" if end else "")
    return f"{text}/{step}" if step else text


def _weekdays(cron: str, field: str) -> list[str]:
    days = []
    for part in field.split(","):
        first, dash, last = part.partition("-")
        if not (first.isdecimal() and int(first) < 8 and (not dash or last in "01234567")):
            raise _refused(cron, f"{part!r} is no weekday from 0 to 7")
        numbers = range(int(first), int(last) + 1) if dash else [int(first)]
        days += [_DAYS[number] for number in numbers]
    return days


def _refused(cron: str, why: str) -> HomeError:
    return HomeError(
        f"kring.toml: nightly.cron {cron!r} cannot be written for systemd: {why}; "
        'write it simpler, such as "0 4 * * *"'
    )
