"""What the ledger says of a file that was delivered, and the rejects that are kept beside it.

Belongs here: how a record is made of a file and its reading. Whether a file is read at all is
`delivering`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from assets.arrivals.deliveries import Pending
from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import DUPLICATE, LOADED, REFUSED, Delivery
from assets.arrivals.sources import Source
from assets.home import Home
from assets.intake.accounts import Reading
from assets.intake.chunks import covered
from assets.intake.left_out import lacking
from assets.lake import make_folder, place


def blank(item: Pending, sequence: int, sha256: str, rules: str, as_of: date) -> Delivery:
    """The record of a file of which nothing is known but that it came."""
    size, mtime_ns, ctime_ns = item.found.stamp
    return Delivery(
        source=item.source.name,
        kind=item.source.kind,
        path=item.found.path,
        sha256=sha256,
        size=size,
        mtime_ns=mtime_ns,
        ctime_ns=ctime_ns,
        sequence=sequence,
        rules=rules,
        status=REFUSED,
        expected=item.found.expected,
        as_of=as_of.isoformat(),
        loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def restamped(delivery: Delivery, item: Pending) -> Delivery:
    """The same record of the same content, whose file was touched."""
    size, mtime_ns, ctime_ns = item.found.stamp
    return replace(delivery, size=size, mtime_ns=mtime_ns, ctime_ns=ctime_ns)


def record(
    home: Home,
    ledger: Ledger,
    source: Source,
    blank: Delivery,
    holder: Delivery | None,
    reading: Reading,
) -> Delivery:
    """Write what came of a file; from here its rows count."""
    delivery = _recorded(blank, source, reading)
    former = ledger.before(delivery) if delivery.status == LOADED else []
    if missing := lacking(home, source, former, delivery):
        delivery = replace(delivery, warning="; ".join(filter(None, (reading.warning, missing))))
    _keep_rejects(home, delivery, reading)
    ledger.write(delivery)
    if not holder or holder.path == delivery.path or reading.rule == "row_count":
        return delivery  # a count is told of a name, and refuses it alone
    if delivery.accepted or not holder.covers:
        ledger.forget(holder)
    else:
        # without rows it said that there were none, of months that its name told
        ledger.write(replace(holder, status=DUPLICATE, error=delivery.path, chunks=()))
    return delivery


def _recorded(blank: Delivery, source: Source, reading: Reading) -> Delivery:
    return replace(
        blank,
        status=REFUSED if reading.refused else LOADED,
        error=reading.refused,
        warning=reading.warning,
        rows=reading.rows,
        filtered=reading.filtered,
        accepted=reading.accepted,
        rejected=reading.rejected,
        rejects=reading.rejects,
        chunks=reading.chunks,
        covers=covered(source, blank.path, reading.days),
    )


def _keep_rejects(home: Home, delivery: Delivery, reading: Reading) -> None:
    """Keep what was rejected as record, column and rule, beside the ledger."""
    if reading.rejected_rows.is_empty():
        return
    scratch = make_folder(home.scratch) / f"rejects-{delivery.source}-{delivery.file_id}"
    reading.rejected_rows.sort("_row", "column", "rule").write_parquet(scratch)
    place(scratch, home.rejects_file(delivery.source, delivery.file_id))
