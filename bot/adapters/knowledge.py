"""Reads `data/knowledge/*.yml` into `Facts`, checked against a schema; an error names file, line and remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from bot.adapters.checked_yaml import Document, Location, read_document
from bot.adapters.knowledge_schema import FILES, Text
from bot.core.errors import ConfigurationError
from bot.core.facts import Channel, Facts, PhoneLine, PhoneNumber, Priority, Rule
from bot.languages import LANGUAGES, in_every_language


def read_facts(folder: Path) -> Facts:
    """The facts of `folder`; `ConfigurationError` when a file is missing or wrong."""
    documents = {name: read_document(folder / f"{name}.yml", model) for name, model in FILES.items()}
    problems = [*_unknown_names(documents), *_rows_that_stand_twice(documents["plan_matrix"])]
    if problems:
        raise ConfigurationError("\n".join(problems))
    matrix = documents["plan_matrix"].data.matrix
    rules = tuple(
        Rule(f"{row.feature}.{row.plan}.{'+'.join(row.who)}", row.feature, row.plan, tuple(row.who),
             tuple(row.account_types), row.source)
        for row in matrix
    )
    return Facts(
        revision=_revision(folder),
        rules=rules,
        phone_lines={
            code: PhoneLine(code, tuple(PhoneNumber(n.number, n.extension) for n in line.numbers), line.source)
            for code, line in documents["phone_lines"].data.phone_lines.items()
        },
        priorities={
            key: Priority(key, row.first_response_hours, row.restoration_hours, row.workaround, row.staffed,
                          row.times_source, row.definition_source)
            for key, row in documents["priorities"].data.priorities
        },
        channels={
            key: Channel(key, row.feature, row.always_open, row.source)
            for key, row in documents["channels"].data.channels.items()
        },
        paid_account_types=frozenset(k for k, row in documents["customers"].data.account_types.items() if row.paid),
        labels=_labels(documents, rules),
    )


def _revision(folder: Path) -> str:
    digest = hashlib.sha256(" ".join(LANGUAGES).encode())
    for name in sorted(FILES):
        digest.update((folder / f"{name}.yml").read_bytes())
    return digest.hexdigest()


def _unknown_names(documents: dict[str, Document]) -> Iterator[str]:
    """A complaint for each source, feature, plan and account type that no file has."""
    for name, location, what, known in _references(documents):
        value = documents[name].value(location)
        if value not in known:
            names = ", ".join(sorted(known))
            message = f"{what} {value!r} is unknown. Use one of: {names}, or add it."
            yield documents[name].complaint(location, message)


def _references(documents: dict[str, Document]) -> Iterator[tuple[str, Location, str, Collection[str]]]:
    """Where a file names an entry of another: file, place, what it is, and the names there are."""
    sources, customers = documents["sources"].data.sources, documents["customers"].data
    features, matrix = documents["plan_matrix"].data.features, documents["plan_matrix"].data.matrix
    for i, row in enumerate(matrix):
        yield "plan_matrix", ("matrix", i, "feature"), "feature", features
        yield "plan_matrix", ("matrix", i, "plan"), "plan", customers.plans
        yield "plan_matrix", ("matrix", i, "source"), "source", sources
        for j in range(len(row.account_types)):
            yield "plan_matrix", ("matrix", i, "account_types", j), "account type", customers.account_types
    for code in documents["phone_lines"].data.phone_lines:
        yield "phone_lines", ("phone_lines", code, "source"), "source", sources
    for key, _ in documents["priorities"].data.priorities:
        yield "priorities", ("priorities", key, "times_source"), "source", sources
        yield "priorities", ("priorities", key, "definition_source"), "source", sources
    for key, channel in documents["channels"].data.channels.items():
        yield "channels", ("channels", key, "source"), "source", sources
        if channel.feature is not None:
            yield "channels", ("channels", key, "feature"), "feature", features


def _rows_that_stand_twice(plan_matrix: Document) -> Iterator[str]:
    """One feature, plan and audience is one rule."""
    seen = set()
    for i, row in enumerate(plan_matrix.data.matrix):
        key = (row.feature, row.plan, frozenset(row.who))
        if key in seen:
            message = f"{row.feature} for {'+'.join(row.who)} of {row.plan} stands above already. Keep one of the rows."
            yield plan_matrix.complaint(("matrix", i), message)
        seen.add(key)


def _labels(documents: dict[str, Document], rules: tuple[Rule, ...]) -> dict[tuple[str, str, str], str]:
    data = {name: document.data for name, document in documents.items()}
    customers, matrix = data["customers"], data["plan_matrix"]
    texts: dict[tuple[str, str], Text] = {
        **{("plan", k): v.name for k, v in customers.plans.items()},
        **{("account_type", k): v.name for k, v in customers.account_types.items()},
        **{("role", k): v.name for k, v in customers.roles.items()},
        **{("feature", k): v.name for k, v in matrix.features.items()},
        **{("feature_can", k): v.can for k, v in matrix.features.items()},
        **{("rule", rule.id): row.rule for rule, row in zip(rules, matrix.matrix, strict=True)},
        **{("channel", k): v.name for k, v in data["channels"].channels.items()},
        **{("source", k): v.title for k, v in data["sources"].sources.items()},
        **{("country", k): v.name for k, v in data["phone_lines"].phone_lines.items()},
    }
    for kind in ("short", "definition", "example", "staffing"):
        texts.update({(f"priority_{kind}", key): getattr(row, kind) for key, row in data["priorities"].priorities})
    return {(kind, key, lang): words for (kind, key), text in texts.items()
            for lang, words in in_every_language(text.dict()).items()}
