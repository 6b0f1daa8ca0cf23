"""Backups of the gateway's database, as its operator makes and restores them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url


class Backup:
    """The SQLite database of `url` as it is now."""

    def __init__(self, url: str) -> None:
        self._path = Path(str(make_url(url).database))
        self._kept = self._path.with_suffix(".backup")
        with closing(sqlite3.connect(self._path)) as now, closing(sqlite3.connect(self._kept)) as then:
            now.backup(then)

    def restore(self, table: str = "") -> None:
        """Put it back, or one `table` alone, while nobody uses the database."""
        with closing(sqlite3.connect(self._path)) as now, closing(sqlite3.connect(self._kept)) as then:
            if not table:
                then.backup(now)
                return
            rows = then.execute(f"SELECT * FROM {table}").fetchall()
            now.execute(f"DELETE FROM {table}")
            now.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
            now.commit()
