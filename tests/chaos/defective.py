"""A run with one seeded defect: `python tests/chaos/defective.py NAME`.

The campaign's own proof: each of these breaks a promise in one place, as a careless change
would, and the sweep must notice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]

import assets.lake as lake  # noqa: E402
import assets.publishing.published as published  # noqa: E402
import assets.record.versions as versions  # noqa: E402
import assets.stored.outputs as outputs  # noqa: E402
from assets.home import Home  # noqa: E402


def in_place() -> None:
    """Records are written where they lie, not aside, and as long ones are: piece by piece."""

    def write_text(home: Home, target: Path, text: str) -> None:
        lake.make_folder(target.parent)
        with target.open("w", encoding="utf-8", buffering=1) as file:
            file.writelines(text.splitlines(keepends=True))

    lake.write_text = write_text


def deaf_to_sync() -> None:
    """An error of fsync is passed over."""
    sync = lake.sync

    def quietly(path: Path) -> None:
        try:
            sync(path)
        except OSError:
            return

    lake.sync = outputs.sync = published.sync = versions.sync = quietly


def unlink_then_link() -> None:
    """`current` is removed and made anew, so for a moment there is none."""

    def switch(home: Home, version: str) -> None:
        home.current.unlink(missing_ok=True)
        home.current.symlink_to(Path("versions") / version)
        lake.sync(home.published)

    published.switch = switch


def switched_too_early() -> None:
    """`current` points to a version before that stands under its name."""
    seal = published._seal

    def early(folder: Path, home: Home) -> None:
        seal(folder, home)
        link = home.published / ".current-early"
        link.symlink_to(Path("versions") / folder.name.removeprefix(".building-"))
        link.replace(home.current)

    published._seal = early


def never_swept() -> None:
    """What a killed run left is not removed."""
    import homes

    import assets.building.session

    def nothing(_: Home) -> None:
        return

    lake.sweep = assets.building.session.sweep = homes.sweep = nothing


# each defect, from which start, and the fault that it cannot stand: kind of call and path
DEFECTS: dict[str, tuple[Callable[[], None], str, str, str, str]] = {
    "in_place": (in_place, "first", "SIGKILL", "write", r"lake/ledger/.*json"),
    "deaf_to_sync": (deaf_to_sync, "first", "EIO", "fsync", r"manifest\.json"),
    "unlink_then_link": (unlink_then_link, "upgrade", "SIGKILL", "symlink", "published/"),
    "switched_too_early": (switched_too_early, "first", "SIGKILL", "rename", "published/versions/"),
    "never_swept": (never_swept, "first", "SIGKILL", "chmod", "published/versions/"),
}


def main() -> None:
    DEFECTS[sys.argv[1]][0]()
    from plain import main as plain

    plain()


if __name__ == "__main__":
    main()
