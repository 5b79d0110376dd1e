"""The systemd units: written for this installation, and what systemd itself says of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from commands import Command
from dagster._core.definitions.run_status_sensor_definition import (
    _get_run_status_sensor_process_limit,
)
from homes import ROOT, TestHome
from serving import Server, three_months, until

from assets.home import HomeError
from pipelines.units import UNITS, calendar, units


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("alerts", ["", '[alerts]\nhook = "true"\n'], ids=["quiet", "alerts"])
def test_systemd_finds_nothing_wrong(
    command: Command, home: TestHome, tmp_path: Path, alerts: str
) -> None:
    with (home.root / "kring.toml").open("a") as settings:
        settings.write(alerts)
    said = command(home.root, "service", str(tmp_path / "units"), "--port", "3100")
    assert said.code == 0
    written = sorted((tmp_path / "units").iterdir())
    assert [path.name for path in written] == sorted(UNITS)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, written)],
        capture_output=True, text=True, timeout=60,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path / 'units'}:"},
    )  # fmt: skip
    ours = [line for line in checked.stderr.splitlines() if "kring" in line]
    assert (checked.returncode, ours) == (0, []), checked.stderr


def test_a_port_that_none_can_have_is_refused(command: Command, home: TestHome) -> None:
    units_folder = home.root / "units"
    said = command(home.root, "service", str(units_folder), "--port", "99999")
    assert (said.code, units_folder.exists()) == (2, False)


def test_units_name_this_installation_and_allow_it_its_home_alone(home: TestHome) -> None:
    texts = units(home.home, 3100)
    for name in ("kring-run.service", "kring-web.service", "kring-daemon.service"):
        lines = texts[name].splitlines()
        assert f"Environment=KRING_HOME={home.root}" in lines
        assert f"WorkingDirectory={ROOT}" in lines
        assert [line for line in lines if line.startswith("ReadWritePaths=")] == [
            f"ReadWritePaths={home.root}"
        ]
        assert {"UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(lines)
        (start,) = [line for line in lines if line.startswith("ExecStart=")]
        assert start.startswith(f"ExecStart={sys.executable} -m pipelines.cli ")
        assert "$" not in texts[name]
    assert "SuccessExitStatus=3\n" in texts["kring-run.service"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_a_second_homes_units_stand_beside_the_firsts(
    command: Command, home: TestHome, tmp_path: Path
) -> None:
    folder, other = tmp_path / "units", TestHome(tmp_path / "kring-web")
    assert command(home.root, "service", str(folder)).code == 0
    first = {path.name: path.read_text() for path in folder.iterdir()}
    said = command(other.root, "service", str(folder))
    assert said.code == 1 and f"is of the home {home.root}, whose nights" in said.text
    said = command(other.root, "service", str(folder), "--prefix", "other", "--port", "3001")
    assert said.code == 0 and "enable --now other-web other-daemon" in said.text
    assert command(other.root, "service", str(folder), "--prefix", "a/b").code == 2
    assert first == {name: (folder / name).read_text() for name in first}
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, folder.iterdir())],
        capture_output=True, text=True, timeout=60,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    web = (folder / "other-web.service").read_text()
    assert "Wants=other-daemon.service\n" in web and f"KRING_HOME={other.root}\n" in web
    assert command(home.root, "service", str(folder)).code == 0


def test_a_run_has_no_network_unless_somebody_is_to_be_told(home: TestHome) -> None:
    assert "IPAddressDeny=any" in units(home.home, 3000)["kring-run.service"]
    with (home.root / "kring.toml").open("a") as settings:
        settings.write('[alerts]\nwebhook = "https://alerts.example/kring"\n')
    assert "IPAddressDeny" not in units(home.home, 3000)["kring-run.service"]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 4 * * *", "*-*-* 04:00:00 Asia/Jakarta"),
        ("30 2,14 * * *", "*-*-* 02,14:30:00 Asia/Jakarta"),
        ("*/15 6-18 * * 1-5", "Mon,Tue,Wed,Thu,Fri *-*-* 06..18:0/15:00 Asia/Jakarta"),
        ("0 3 1 */3 *", "*-1/3-01 03:00:00 Asia/Jakarta"),
        ("5 0 * * 0", "Sun *-*-* 00:05:00 Asia/Jakarta"),
    ],
)
def test_cron_is_written_as_systemds_calendar(cron: str, expected: str) -> None:
    assert calendar(cron, "Asia/Jakarta") == expected
    if shutil.which("systemd-analyze"):
        subprocess.run(
            ["systemd-analyze", "calendar", expected], check=True, capture_output=True, timeout=30
        )


@pytest.mark.parametrize("cron", ["0 4 1 * 1", "0 4 * *", "@daily", "0 4 * * MON", "x 4 * * *"])
def test_a_cron_without_its_like_is_refused(cron: str) -> None:
    with pytest.raises(HomeError, match=r"nightly\.cron .* cannot be written for systemd"):
        calendar(cron, "Asia/Jakarta")


def test_a_home_whose_path_a_unit_cannot_carry_is_refused(command: Command, tmp_path: Path) -> None:
    made = TestHome(tmp_path / "my home")
    said = command(made.root, "service", str(tmp_path / "units"))
    assert said.code == 1 and "holds a blank or sign that a unit cannot carry" in said.text
    assert not (tmp_path / "units").exists()


@pytest.mark.nightly
def test_the_parts_of_the_service_start_and_end_by_themselves(home: TestHome) -> None:
    """As systemd does it: each unit's command, ended by SIGTERM; the web answers on loopback."""
    texts = units(home.home, 3177)
    started = {}
    for name in ("kring-daemon.service", "kring-web.service"):
        (line,) = [x for x in texts[name].splitlines() if x.startswith("ExecStart=")]
        started[name] = subprocess.Popen(
            line.removeprefix("ExecStart=").split(), cwd=ROOT, start_new_session=True,
            env={**os.environ, "KRING_HOME": str(home.root)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def answers() -> bool:
        try:
            with urllib.request.urlopen("http://127.0.0.1:3177/server_info", timeout=5) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    try:
        until("the web interface answers", 120, answers)
        until("the daemon beats", 120, (home.root / "dagster/history/runs.db").exists)
        assert all(process.poll() is None for process in started.values())
    finally:
        for process in started.values():
            os.killpg(process.pid, signal.SIGTERM)
    for process in started.values():
        process.wait(60)


@pytest.mark.nightly
def test_a_hang_up_that_the_interface_alone_hears_ends_all_of_it(tmp_path: Path) -> None:
    """Web server and daemon stayed, with the port and the schedule."""
    server = Server(three_months(tmp_path / "home"), tmp_path / "ui.log")
    try:
        server.wait()
        os.kill(server.leader, signal.SIGHUP)
        until("all of it has ended", 60, lambda: not server.processes())
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("part", "program"),
    [((), Path(sys.executable).name),
     (("--part", "web"), "dagster-webserver"),
     (("--part", "daemon"), "dagster-daemon")],
)  # fmt: skip
def test_the_interface_goes_on_as_dagster_and_waits_for_the_slowest_alert(
    command: Command, home: TestHome, monkeypatch: pytest.MonkeyPatch,
    part: tuple[str, ...], program: str,
) -> None:  # fmt: skip
    """Started beside it, Dagster would outlive it where somebody ends it by a signal, and keep the
    port; and a sensor that is not waited for would call hook and webhook again and again."""
    became: list[tuple[str, dict[str, str]]] = []

    def become(path: str, _: list[str], environment: dict[str, str]) -> None:
        became.append((Path(path).name, environment))
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(os, "umask", lambda _: 0)
    monkeypatch.chdir(Path.cwd())
    # as begun with & in a script, of which Dagster would have heeded no SIGTERM either
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert command(home.root, "ui", "--port", "3178", *part).code == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGINT, before)
    ((name, environment),) = became
    assert name == program
    at_once = _get_run_status_sensor_process_limit()
    assert int(environment["DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS"]) > at_once * 2 * 600
