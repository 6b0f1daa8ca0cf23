"""The facts in SQL: `save` replaces all of them in one transaction, `load` caches them until the revision changes."""

from __future__ import annotations

import logging
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from bot.adapters.sql import tables
from bot.adapters.sql.engine import alone, snapshot
from bot.core.errors import StoreUnavailable
from bot.core.facts import Channel, Facts, PhoneLine, PhoneNumber, Priority, Rule
from bot.ports import FactsStore

logger = logging.getLogger(__name__)


class SqlFacts(FactsStore):
    """`FactsStore` over the tables of `tables.py`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._snapshot: Facts | None = None

    def load(self) -> Facts:
        """See `FactsStore`. While the database is away, returns the cached facts, if there are any."""
        try:
            with snapshot(self._engine) as connection:
                revision = self.revision(connection)
                if self._snapshot is None or self._snapshot.revision != revision:
                    self._snapshot = _read(connection, revision)
        except StoreUnavailable:
            if self._snapshot is None:
                raise
            logger.warning("The database did not answer. The cached facts are used.")
        return self._snapshot

    def revision(self, connection: Connection) -> str:
        """The stored revision. Raises `StoreUnavailable` when nothing was seeded."""
        revision: str | None = connection.execute(select(tables.knowledge.c.revision)).scalar()
        if revision is None:
            raise StoreUnavailable("The facts were never loaded: run `kilat seed`.", retryable=False)
        return revision

    def save(self, facts: Facts) -> None:
        """Replace all facts, in one transaction that excludes other processes."""
        with alone(self._engine) as connection:
            for table, rows in _rows(facts).items():
                connection.execute(delete(table))
                connection.execute(insert(table), rows)


def _rows(facts: Facts) -> dict[Any, list[dict[str, Any]]]:
    return {
        tables.knowledge: [{"id": 1, "revision": facts.revision}],
        tables.rules: [
            {"id": r.id, "position": i, "feature": r.feature, "plan": r.plan, "who": list(r.who),
             "account_types": list(r.account_types), "source": r.source}
            for i, r in enumerate(facts.rules)],
        tables.phone_numbers: [
            {"country": line.country, "position": i, "source": line.source, **vars(n)}
            for line in facts.phone_lines.values() for i, n in enumerate(line.numbers)],
        tables.priorities: [dict(vars(priority)) for priority in facts.priorities.values()],
        tables.channels: [{**vars(c), "position": i} for i, c in enumerate(facts.channels.values())],
        tables.account_types: [
            {"key": key, "paid": key in facts.paid_account_types}
            for kind, key, language in facts.labels if kind == "account_type" and language == "en"],
        tables.labels: [
            {"kind": kind, "key": key, "language": language, "text": text}
            for (kind, key, language), text in facts.labels.items()]}


def _read(connection: Connection, revision: str) -> Facts:
    def rows(table: Any, *order: Any) -> Any:
        return connection.execute(select(table).order_by(*order)).mappings()

    numbers = rows(tables.phone_numbers, tables.phone_numbers.c.country, tables.phone_numbers.c.position).all()
    lines = {country: _line(country, list(group)) for country, group in groupby(numbers, key=itemgetter("country"))}
    return Facts(
        revision=revision,
        rules=tuple(
            Rule(r["id"], r["feature"], r["plan"], tuple(r["who"]), tuple(r["account_types"]), r["source"])
            for r in rows(tables.rules, tables.rules.c.position)),
        phone_lines=lines,
        priorities={r["key"]: Priority(**r) for r in rows(tables.priorities, tables.priorities.c.key)},
        channels={
            r["key"]: Channel(r["key"], r["feature"], r["always_open"], r["source"])
            for r in rows(tables.channels, tables.channels.c.position)},
        paid_account_types=frozenset(r["key"] for r in rows(tables.account_types) if r["paid"]),
        labels={(r["kind"], r["key"], r["language"]): r["text"] for r in rows(tables.labels)})


def _line(country: str, rows: list[Any]) -> PhoneLine:
    numbers = tuple(PhoneNumber(row["number"], row["extension"]) for row in rows)
    return PhoneLine(country, numbers, rows[0]["source"])
