"""Dagster's event log in sqlite for a run in this process, its files kept open meanwhile.

Dagster's own opens the file, and compiles each statement anew, for every event: five times the
cost of writing it. Belongs here: how its files are opened and asked, never what is in them;
servers read them as ever.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dagster import AssetKey, DagsterEventType, DagsterInstance
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.sql import get_alembic_config
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


class KeptEventLog(sqlite_event_log.SqliteEventLogStorage):
    """Dagster's sqlite event log, in the same files, with an open engine for each.

    What it says of an asset it keeps until the asset has another event: every step of a run asks
    for all that it rests on. Other processes' steps wait for the lock that the run's holds.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._seen: set[str] = set()
        self._told: dict[AssetKey, dict[object, Any]] = {}
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
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.connect() as connection:
            # with its write-ahead log a kill loses nothing; a power cut may lose the last events,
            # which no figure rests on
            connection.exec_driver_sql("pragma synchronous = normal")
        return engine

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """As Dagster's own: a write-ahead log, and tables of the newest form unless it has some."""
        if for_index_shard:
            super()._initdb(engine, for_index_shard)
            return
        try:
            with engine.begin() as connection:
                context = MigrationContext.configure(connection)
                if context.get_current_revision() is None:
                    connection.exec_driver_sql("pragma journal_mode = wal")
                    SqlEventLogStorageMetadata.create_all(connection)
                    context.stamp(_migrations(), "head")
        except sqlalchemy.exc.DatabaseError:  # a server makes the same tables; this waits for it
            super()._initdb(engine)

    def store_event(self, event: EventLogEntry) -> None:
        super().store_event(event)
        if event.dagster_event and event.dagster_event.asset_key:
            self._told.pop(event.dagster_event.asset_key, None)

    def get_asset_records(self, asset_keys: Sequence[AssetKey] | None = None) -> list[AssetRecord]:
        if asset_keys is None:
            return list(super().get_asset_records())
        unknown = [key for key in asset_keys if "record" not in self._told.get(key, {})]
        if unknown:
            found = {r.asset_entry.asset_key: r for r in super().get_asset_records(unknown)}
            for key in unknown:
                self._told.setdefault(key, {})["record"] = found.get(key)
        records = [self._told[key]["record"] for key in asset_keys]
        return [record for record in records if record]

    def get_latest_tags_by_partition(
        self,
        asset_key: AssetKey,
        event_type: DagsterEventType,
        tag_keys: Sequence[str],
        asset_partitions: Sequence[str] | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> Any:
        among = None if asset_partitions is None else tuple(asset_partitions)
        asked = (event_type, tuple(tag_keys), among, before_cursor, after_cursor)
        told = self._told.setdefault(asset_key, {})
        if asked not in told:
            told[asked] = super().get_latest_tags_by_partition(
                asset_key, event_type, tag_keys, asset_partitions, before_cursor, after_cursor
            )
        return told[asked]

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


@cache
def _migrations() -> ScriptDirectory:
    """The forms that the tables have had: ninety files, which Alembic reads again when asked."""
    return ScriptDirectory.from_config(get_alembic_config(sqlite_event_log.__file__))
