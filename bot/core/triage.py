"""Telling P1 to P4 apart by the source's definitions, with at most two questions."""

from __future__ import annotations

from enum import Enum

PRIORITIES = ("p1", "p2", "p3", "p4")


class Impact(str, Enum):
    """How bad it is, in the words of the definitions."""

    DOWN = "down"
    IMPAIRED = "impaired"
    FEATURE = "feature"
    REQUEST = "request"


class Workaround(str, Enum):
    """Whether one can get along meanwhile."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


IMPACT_OF = {"p1": Impact.DOWN, "p2": Impact.IMPAIRED, "p3": Impact.FEATURE, "p4": Impact.REQUEST}


def next_question(impact: Impact | None, workaround: Workaround | None) -> str | None:
    """The next triage question: `impact`, `workaround`, or `None` when the priority is settled.

    The workaround matters only where important functions are impaired: with a full one it is no P2 any more.
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
