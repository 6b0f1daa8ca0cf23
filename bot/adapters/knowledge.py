"""Reads `data/knowledge/*.yml` into `Facts`, checked against a schema; an error names file, line and remedy."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from bot.adapters.knowledge_schema import FILES, LANGUAGES, Text
from bot.core.errors import ConfigurationError
from bot.core.facts import Channel, Facts, PhoneLine, PhoneNumber, Priority, Rule


def read_facts(folder: Path) -> Facts:
    """The facts of `folder`; `ConfigurationError` when a file is missing or wrong."""
    files = {name: _read(folder / f"{name}.yml", model) for name, model in FILES.items()}
    _check_references(folder, files)
    rows = files["plan_matrix"].matrix
    rules = tuple(
        Rule(f"{row.feature}.{row.plan}.{'+'.join(row.who)}", row.feature, row.plan, tuple(row.who),
             tuple(row.account_types), row.source)
        for row in rows
    )
    return Facts(
        revision=_revision(folder),
        rules=rules,
        phone_lines={
            code: PhoneLine(code, tuple(PhoneNumber(n.number, n.extension) for n in line.numbers), line.source)
            for code, line in files["phone_lines"].phone_lines.items()
        },
        priorities={
            key: Priority(key, row.first_response_hours, row.restoration_hours, row.workaround, row.staffed,
                          row.times_source, row.definition_source)
            for key, row in files["priorities"].priorities.items()
        },
        channels={
            key: Channel(key, row.feature, row.always_open, row.source)
            for key, row in files["channels"].channels.items()
        },
        paid_account_types=frozenset(k for k, row in files["customers"].account_types.items() if row.paid),
        labels=_labels(files, rules),
    )


def _revision(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in sorted(FILES):
        digest.update((folder / f"{name}.yml").read_bytes())
    return digest.hexdigest()


def _read(path: Path, model: type[Any]) -> Any:
    if not path.is_file():
        raise ConfigurationError(f"{path}: missing. Put it back from version control.")
    try:
        document = YAML().load(path)
    except MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 0
        raise ConfigurationError(f"{path}:{line}: not valid YAML: {error.problem}. Mend the line.") from error
    try:
        return model.parse_obj(document)
    except ValidationError as error:
        problems = [f"{path}:{_line(document, e['loc'])}: {_where(e['loc'])}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError("\n".join(problems)) from error


def _line(node: Any, location: tuple[int | str, ...]) -> int:
    """The line (from 1) of the innermost part of `location` that the document has."""
    line = 1
    for part in location:
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        if part in marks:
            line = marks[part][0] + 1
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location if part != "__root__")


def _check_references(folder: Path, files: dict[str, Any]) -> None:
    """Every row names a source, feature, plan and account type that exist."""
    sources, customers = files["sources"].sources, files["customers"]
    problems: list[str] = []

    def check(file: str, what: str, value: str, known: Any) -> None:
        if value not in known:
            names = ", ".join(sorted(known))
            problems.append(f"{folder / file}.yml: {what} {value!r} is unknown. Use one of: {names}, or add it.")

    for row in files["plan_matrix"].matrix:
        check("plan_matrix", "feature", row.feature, files["plan_matrix"].features)
        check("plan_matrix", "plan", row.plan, customers.plans)
        check("plan_matrix", "source", row.source, sources)
        for account_type in row.account_types:
            check("plan_matrix", "account type", account_type, customers.account_types)
    for line in files["phone_lines"].phone_lines.values():
        check("phone_lines", "source", line.source, sources)
    for priority in files["priorities"].priorities.values():
        check("priorities", "source", priority.times_source, sources)
        check("priorities", "source", priority.definition_source, sources)
    for channel in files["channels"].channels.values():
        check("channels", "source", channel.source, sources)
        if channel.feature:
            check("channels", "feature", channel.feature, files["plan_matrix"].features)
    if problems:
        raise ConfigurationError("\n".join(problems))


def _labels(files: dict[str, Any], rules: tuple[Rule, ...]) -> dict[tuple[str, str, str], str]:
    customers, matrix = files["customers"], files["plan_matrix"]
    priorities = files["priorities"].priorities.items()
    texts: dict[tuple[str, str], Text] = {
        **{("plan", k): v.name for k, v in customers.plans.items()},
        **{("account_type", k): v.name for k, v in customers.account_types.items()},
        **{("role", k): v.name for k, v in customers.roles.items()},
        **{("feature", k): v.name for k, v in matrix.features.items()},
        **{("feature_can", k): v.can for k, v in matrix.features.items()},
        **{("rule", rule.id): row.rule for rule, row in zip(rules, matrix.matrix)},
        **{("channel", k): v.name for k, v in files["channels"].channels.items()},
        **{("source", k): v.title for k, v in files["sources"].sources.items()},
        **{("country", k): v.name for k, v in files["phone_lines"].phone_lines.items()},
    }
    for kind in ("short", "definition", "example", "staffing"):
        texts.update({(f"priority_{kind}", key): getattr(row, kind) for key, row in priorities})
    return {(kind, key, lang): getattr(text, lang) for (kind, key), text in texts.items() for lang in LANGUAGES}
