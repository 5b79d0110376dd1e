"""Dagster's interface with all its parts, as `kring ui` goes on as it: SIGHUP ends it as well.

Dagster heeds Ctrl-C and SIGTERM. A hang-up that only this process hears would end it alone, and
leave web server and daemon behind, with the port and the schedule.
"""

from __future__ import annotations

import signal

from dagster._cli import main

if __name__ == "__main__":
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    main()  # type: ignore[no-untyped-call]
