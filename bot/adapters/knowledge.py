"""Reads `data/knowledge/*.yml`, validated by a schema, and the facts' names. Errors name file, line and remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from bot.adapters.knowledge_schema import FILES
from bot.adapters.locales import FOLDER, read_locales
from bot.adapters.yaml_validation import Document, Location, read_document
from bot.core.errors import ConfigurationError
from bot.core.facts import Channel, Facts, PhoneLine, PhoneNumber, Priority, Rule
from bot.core.triage import PRIORITIES
from bot.languages import FALLBACK, LANGUAGES

NAMES = "names"


def read_facts(data: Path) -> Facts:
    """The facts of `data/knowledge` with their names. Raises `ConfigurationError`."""
    folder = data / "knowledge"
    documents = {name: read_document(folder / f"{name}.yml", model) for name, model in FILES.items()}
    problems = [*_unknown_names(documents), *_rows_that_stand_twice(documents["entitlements"])]
    if problems:
        raise ConfigurationError("\n".join(problems))
    matrix = documents["entitlements"].data.matrix
    rules = tuple(Rule(f"{row.feature}.{row.plan}.{'+'.join(row.who)}", row.feature, row.plan, tuple(row.who),
                       tuple(row.account_types), row.source) for row in matrix)
    return Facts(
        revision=_revision([*folder.glob("*.yml"), *(data / FOLDER).glob(f"*/{NAMES}.yml")]),
        rules=rules,
        phone_lines={
            code: PhoneLine(code, tuple(PhoneNumber(n.number, n.extension) for n in line.numbers), line.source)
            for code, line in documents["phone_lines"].data.phone_lines.items()},
        priorities={key: Priority(key, **row.dict()) for key, row in documents["priorities"].data.priorities},
        channels={key: Channel(key, **row.dict()) for key, row in documents["channels"].data.channels.items()},
        paid_account_types=frozenset(k for k, row in documents["customers"].data.account_types.items() if row.paid),
        labels=_labels(data, documents, rules))


def _revision(files: list[Path]) -> str:
    digest = hashlib.sha256(" ".join(LANGUAGES).encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _unknown_names(documents: dict[str, Document]) -> Iterator[str]:
    """A complaint for each unknown source, feature, plan and account type."""
    for name, location, what, known in _references(documents):
        value = documents[name].value(location)
        if value not in known:
            message = f"{what} {value!r} is unknown. Use one of: {', '.join(sorted(known))}, or add it."
            yield documents[name].complaint(location, message)


def _references(documents: dict[str, Document]) -> Iterator[tuple[str, Location, str, Collection[str]]]:
    """(file, location, kind, known names) of each reference to an entry of another file."""
    sources, customers = documents["sources"].data.sources, documents["customers"].data
    features, matrix = documents["entitlements"].data.features, documents["entitlements"].data.matrix
    for i, row in enumerate(matrix):
        yield "entitlements", ("matrix", i, "feature"), "feature", features
        yield "entitlements", ("matrix", i, "plan"), "plan", customers.plans
        yield "entitlements", ("matrix", i, "source"), "source", sources
        for j in range(len(row.account_types)):
            yield "entitlements", ("matrix", i, "account_types", j), "account type", customers.account_types
    for code in documents["phone_lines"].data.phone_lines:
        yield "phone_lines", ("phone_lines", code, "source"), "source", sources
    for key, _ in documents["priorities"].data.priorities:
        yield "priorities", ("priorities", key, "times_source"), "source", sources
        yield "priorities", ("priorities", key, "definition_source"), "source", sources
    for key, channel in documents["channels"].data.channels.items():
        yield "channels", ("channels", key, "source"), "source", sources
        if channel.feature is not None:
            yield "channels", ("channels", key, "feature"), "feature", features


def _rows_that_stand_twice(entitlements: Document) -> Iterator[str]:
    """A complaint for each row whose feature, plan and audience another row has."""
    seen = set()
    for i, row in enumerate(entitlements.data.matrix):
        key = (row.feature, row.plan, frozenset(row.who))
        if key in seen:
            message = f"{row.feature} for {'+'.join(row.who)} of {row.plan} stands above already. Keep one of the rows."
            yield entitlements.complaint(("matrix", i), message)
        seen.add(key)


def _labels(data: Path, documents: dict[str, Document], rules: tuple[Rule, ...]) -> dict[tuple[str, str, str], str]:
    """The names in `data/locales`. Raises `ConfigurationError` for a fact without a name."""
    labels = {(kind, key, language): name for language, kinds in read_locales(data, NAMES).items()
              for kind, names in kinds.items() for key, name in names.items()}
    customers, features = documents["customers"].data, documents["entitlements"].data.features
    named: dict[str, Iterable[str]] = {
        "plan": customers.plans, "account_type": customers.account_types, "role": customers.roles,
        "feature": features, "feature_can": features, "rule": [rule.id for rule in rules],
        "channel": documents["channels"].data.channels, "source": documents["sources"].data.sources,
        **dict.fromkeys(("priority_short", "priority_definition", "priority_staffing"), PRIORITIES)}
    path = data / FOLDER / FALLBACK / f"{NAMES}.yml"
    missing = [f"{path}:1: {kind}.{key} is missing. Add it in every language."
               for kind, keys in named.items() for key in keys if (kind, key, FALLBACK) not in labels]
    if missing:
        raise ConfigurationError("\n".join(missing))
    return labels
