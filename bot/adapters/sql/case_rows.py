"""A case as a row of its table, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.core.case import CaseState, Outcome, SlaClocks
from bot.ports import Case, CaseFile

_PREFIX = "KLC-"


def number_of(case_id: int) -> str:
    """The number of a case, as people see it."""
    return f"{_PREFIX}{case_id:06d}"


def row_of(case_file: CaseFile, now: datetime) -> Mapping[str, Any]:
    """The row of a case that is opened at `now`."""
    terms = case_file.terms
    return {
        "conversation": case_file.conversation_id, "state": CaseState.QUEUED.value, "tier": case_file.route.tier,
        "priority": case_file.priority, "language": case_file.language, "created_at": now,
        "first_response_due_at": None if terms.first_response_within is None else now + terms.first_response_within,
        "resolution_due_at": None if terms.resolution_within is None else now + terms.resolution_within,
        # The SLA worker sets the time of the next check at its next round.
        "next_check_at": now if terms.first_response_within or terms.resolution_within else None,
        "escalates": terms.escalates,
        "file": {
            "question": case_file.question, "tried": list(case_file.tried), "summary": case_file.summary,
            "priority_evidence": case_file.priority_evidence, "route": case_file.route.name,
            "rule": case_file.route.rule_id, "identity": asdict(case_file.identity)}}


def case_of(row: Any) -> Case:
    """The case of a row."""
    clocks = SlaClocks(row["first_response_due_at"], row["resolution_due_at"], row["first_response_at"],
                       row["closed_at"], row["escalates"], tuple(row["steps_done"]))
    return Case(
        row["id"], number_of(row["id"]), row["conversation"], CaseState(row["state"]), row["tier"], row["priority"],
        row["language"], row["file"], row["created_at"], row["agent"], row["reserved_for"], row["taken_at"],
        row["closed_at"], Outcome(row["outcome"]) if row["outcome"] else None, clocks)
