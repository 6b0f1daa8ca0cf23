"""Tables as cards: the matrix of the support plans, and the priorities side by side (`docs/protocol.md`, `table`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.facts import Facts, Priority
from bot.services.wording import Words

PLAN_FEATURES = ("tier1_chat", "tier1_ticket", "tier1_phone", "priority_response", "tier2", "auto_escalation", "tam")

Row = tuple[str, Sequence[str | None]]


def plan_table(
    plans: Sequence[str], around: tuple[str, str], source: str, facts: Facts, words: Words,
) -> dict[str, Any]:
    """Each feature with its rule on each of `plans`. `around` is the text before and after the table."""
    columns = [words.phrase("column_feature"), *(words.name("plan", plan) for plan in plans)]
    rows = [(words.name("feature", f), [rule(f, plan, facts, words) for plan in plans]) for f in PLAN_FEATURES]
    return _table(words.phrase("caption_plans"), columns, rows, around, source, words)


def priority_table(
    levels: Sequence[Priority], around: tuple[str, str], source: str, words: Words, *, with_meaning: bool,
) -> dict[str, Any]:
    """Each level with its times, and its meaning if wanted."""
    meaning = [words.phrase("column_meaning")] if with_meaning else []
    columns = [words.phrase("column_priority"), *meaning, words.phrase("column_response"),
               words.phrase("column_restoration")]
    rows = [(level.key.upper(), [*([words.name("priority_short", level.key)] if with_meaning else []),
                                 words.hours(level.first_response_hours), _restoration(level, words)])
            for level in levels]
    return _table(words.phrase("caption_priorities"), columns, rows, around, source, words)


def rule(feature: str, plan: str, facts: Facts, words: Words) -> str | None:
    """The rule of the matrix for `feature` on `plan`, in words; `None` if the plan lacks it."""
    rows = [row for row in facts.rules if row.feature == feature and row.plan == plan]
    return words.all_of([words.name("rule", row.id) for row in rows]) if rows else None


def _restoration(level: Priority, words: Words) -> str:
    """Hours until restoration, or that none are promised."""
    hours = level.restoration_hours
    return words.phrase("restoration_unset") if hours is None else words.hours(hours)


def _table(
    caption: str, columns: Sequence[str], rows: Sequence[Row], around: tuple[str, str], source: str, words: Words,
) -> dict[str, Any]:
    lead, note = around
    return {
        "type": "table",
        **({"lead": lead} if lead else {}),
        "caption": caption,
        "columns": list(columns),
        "rows": [{"name": _capital(name), "cells": list(cells)} for name, cells in rows],
        **({"note": note} if note else {}),
        "source": words.source(source),
    }


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
