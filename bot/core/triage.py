"""Determines the priority, P1 to P4, by the source's definitions with at most two questions."""

from __future__ import annotations

from enum import Enum

PRIORITIES = ("p1", "p2", "p3", "p4")


class Impact(str, Enum):
    """The impact of a problem, as the definitions name it."""

    DOWN = "down"
    IMPAIRED = "impaired"
    FEATURE = "feature"
    REQUEST = "request"


class Workaround(str, Enum):
    """Whether a workaround exists."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


IMPACT_OF = {"p1": Impact.DOWN, "p2": Impact.IMPAIRED, "p3": Impact.FEATURE, "p4": Impact.REQUEST}


def next_question(impact: Impact | None, workaround: Workaround | None) -> str | None:
    """The next triage question: `impact`, `workaround`, or `None` when the priority is settled.

    The workaround matters only for impaired functions: a full one turns P2 into P3.
    """
    if impact is None:
        return "impact"
    if impact is Impact.IMPAIRED and workaround is None:
        return "workaround"
    return None


def priority(impact: Impact, workaround: Workaround | None) -> str:
    """The priority by the definitions: impaired with a full workaround is P3, else P2."""
    if impact is Impact.DOWN:
        return "p1"
    if impact is Impact.IMPAIRED:
        return "p3" if workaround is Workaround.FULL else "p2"
    return "p3" if impact is Impact.FEATURE else "p4"
