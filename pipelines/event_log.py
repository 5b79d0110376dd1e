"""Dagster's event log in sqlite for a run in this process, its files kept open meanwhile.

Dagster's own opens the file, and compiles each statement anew, for every event: five times the
cost of writing it. Belongs here: how its files are opened, never what is in them; servers read
them as ever.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

_OPEN_FILES = 16  # each run has one of its own


def open_instance(folder: Path) -> DagsterInstance:
    """The instance of a folder, as its dagster.yaml says but for how the event log is opened."""
    log = {"module": __name__, "class": KeptEventLog.__name__,
           "config": {"base_dir": str(folder / "history" / "runs")}}  # fmt: skip
    reference = InstanceRef.from_dir(str(folder), overrides={"event_log_storage": log})
    return DagsterInstance.from_ref(reference)


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's sqlite event log, in the same files, with an open engine for each."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._seen: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> KeptEventLog:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The open engine of a file; one that was deleted meanwhile is made again."""
        engine = self._engines.pop(shard, None)
        if engine is not None and not Path(self.path_for_shard(shard)).exists():
            engine.dispose()
            self._initialized_dbs.discard(shard)
            engine = None
        if engine is None:
            engine = self._opened(shard)
        self._engines[shard] = engine
        while len(self._engines) > _OPEN_FILES:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def _opened(self, shard: str) -> Engine:
        engine = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,  # guarded by the lock, whichever thread asks
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        with engine.connect() as connection:
            # with a write-ahead log a kill loses nothing; a power cut may lose the last events,
            # which no figure rests on
            connection.exec_driver_sql("pragma journal_mode = wal")
            connection.exec_driver_sql("pragma synchronous = normal")
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def has_table(self, table_name: str) -> bool:
        """Asked for every event; what the index has it keeps."""
        return self._has(table_name, lambda: super(KeptEventLog, self).has_table(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._has(f"asset_keys.{column_name}", lambda: ask(conn, column_name))

    def _has(self, what: str, ask: Callable[[], bool]) -> bool:
        if what not in self._seen and ask():
            self._seen.add(what)
        return what in self._seen

    def let_go(self, run_id: str) -> None:
        """Close the file of a run that has ended, so that a kill later leaves nothing beside it."""
        with self._db_lock:
            if engine := self._engines.pop(run_id, None):
                engine.dispose()

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
