"""Counts figures by day from the log and the cases; counting again gives the same figures.

A conversation counts on each day on which its visitor said something, a case and its SLA on the day of its opening, a
rating on its own day. A conversation counts as solved only if the visitor said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from math import ceil
from statistics import fmean, median, pstdev
from typing import Any

from bot.core.case import REASONS
from bot.core.conversation import Author, Kind
from bot.core.privacy import mask
from bot.ports.insights import CaseRecord, Records, RetainedFigures, SpokenEntry
from bot.services.dialogue.state import read_fallback_count

# The topic of questions that the bot knows to have no answer.
_UNKNOWN = "support_unknown"
# Topics that are no answer of the bot's own.
_NO_ANSWER = frozenset({"talk_to_human", "create_ticket", "triage_start", _UNKNOWN})
_ANSWER_OF = "re-"
# Outcomes of a case. The reasons that agents choose are counted apart, for they are not the visitor's word.
_ENDS = ("abandoned", "left", "silent", "ended", "returned", "ticketed")
_GAVE_UP = ("abandoned", "left")
_VALUES = frozenset({"wait", "score"})
_TOPIC = "topic:"
COLUMNS = (
    "conversations", "messages", "answered", "missed", "deflected", "handoffs", "taken", "wait_median", "wait_p90",
    *_ENDS, "escalated", "tickets", "response_kept", "response_missed", "restoration_kept", "restoration_missed",
    "ratings", "rating_mean", "rating_spread", "solved", "unsolved", *(f"agent_{reason.value}" for reason in REASONS))
# The columns that agents see of their own work.
OWN_COLUMNS = tuple(name for name in COLUMNS if name not in (
    "conversations", "messages", "answered", "missed", "deflected", "tickets", "abandoned", "left"))


@dataclass(frozen=True)
class Mark:
    """One thing that counts."""

    day: date
    lang: str
    name: str  # a column, `wait` or `score`
    value: float = 1.0  # seconds of a `wait`, stars of a `score`


@dataclass(frozen=True)
class Unanswered:
    """A question that the bot did not answer."""

    text: str  # masked
    lang: str
    times: int  # how often it was asked
    last_at: datetime


@dataclass(frozen=True)
class Insights:
    """The figures of a period."""

    marks: Mapping[tuple[date, str], Sequence[Mark]]  # by day and language
    topics: tuple[tuple[str, int], ...]  # (answered topic, how often), the most frequent first
    unanswered: tuple[Unanswered, ...]

    def figures(self, lang: str | None = None, day: date | None = None) -> dict[str, float | None]:
        """All of `COLUMNS`, of one language and one day if given; `None` for a figure without data."""
        by_day = self.marks.items()
        wanted = [marks for (at, of), marks in by_day if lang in (None, of) and day in (None, at)]
        return figures(chain.from_iterable(wanted))


def learned(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that an entry with the reply to `text` gets for these figures, by the bot's state before and after:
    the answered `topic`, and `missed` when the bot did not understand or had no answer."""
    if read_fallback_count(after) > read_fallback_count(before):
        return {"missed": True}
    topic = after.get("topic")
    is_new = (topic, after.get("asked")) != (before.get("topic"), before.get("asked")) or after.get("asked") == text
    if not topic or not is_new:
        return {}
    return {"topic": topic, **({"missed": True} if topic == _UNKNOWN else {})}


def count(records: Records, now: datetime, day_of: Callable[[datetime], date], *, agent: str | None = None) -> Insights:
    """Count everything, or only the work of `agent`; `day_of` gives the day of a time."""
    if agent is not None:
        cases = tuple(case for case in records.cases if case.agent == agent)
        theirs = {case.conversation_id for case in cases}
        ratings = [said for said in records.said if said.kind is Kind.RATING and said.conversation_id in theirs]
        own = chain(_of_cases(cases, now, day_of), _of_ratings(ratings, day_of), _of_kept(records.kept, agent))
        return Insights(_by_day(own), (), ())
    ratings = [said for said in records.said if said.kind is Kind.RATING]
    marks = chain(_of_talks(records, day_of), _of_cases(records.cases, now, day_of), _of_ratings(ratings, day_of),
                  _of_kept(records.kept))
    topics = Counter(said.topic for said in records.said if said.topic)
    for one in records.kept:
        if one.name.startswith(_TOPIC):
            topics[one.name.removeprefix(_TOPIC)] += one.times
    ranked = sorted(topics.items(), key=lambda item: (-item[1], item[0]))
    return Insights(_by_day(marks), tuple(ranked), tuple(_unanswered(records.said)))


def tally(records: Records, now: datetime, day_of: Callable[[datetime], date]) -> tuple[RetainedFigures, ...]:
    """The figures of `records` that may stay when their conversations are erased, for they name nobody."""
    counts: Counter[tuple[date, str, str, str | None, float]] = Counter()
    for agent in (None, *{case.agent for case in records.cases if case.agent}):
        for (day, lang), marks in count(records, now, day_of, agent=agent).marks.items():
            counts.update((day, lang, mark.name, agent, float(round(mark.value))) for mark in marks)
    counts.update((day_of(one.at), one.lang, f"{_TOPIC}{one.topic}", None, 1.0) for one in records.said if one.topic)
    return tuple(RetainedFigures(*what, number) for what, number in counts.items())


def figures(marks: Iterable[Mark]) -> dict[str, float | None]:
    """All of `COLUMNS`, counted from `marks`."""
    counts: Counter[str] = Counter()
    values: dict[str, list[float]] = {name: [] for name in _VALUES}
    for mark in marks:
        if mark.name in values:
            values[mark.name].append(mark.value)
        else:
            counts[mark.name] += 1
    waits, scores = sorted(values["wait"]), values["score"]
    told: dict[str, float | None] = {name: counts[name] for name in COLUMNS}
    return {
        **told, "wait_median": median(waits) if waits else None,
        "wait_p90": waits[ceil(0.9 * len(waits)) - 1] if waits else None, "ratings": len(scores),
        "rating_mean": fmean(scores) if scores else None, "rating_spread": pstdev(scores) if scores else None,
    }


def _by_day(marks: Iterable[Mark]) -> dict[tuple[date, str], list[Mark]]:
    found: dict[tuple[date, str], list[Mark]] = {}
    for mark in marks:
        found.setdefault((mark.day, mark.lang), []).append(mark)
    return found


def _of_talks(records: Records, day_of: Callable[[datetime], date]) -> Iterator[Mark]:
    opened = {(case.conversation_id, day_of(case.created_at)) for case in records.cases}
    for (conversation_id, day), group in groupby(records.said, lambda s: (s.conversation_id, day_of(s.at))):
        said = list(group)
        lang, names = said[0].lang, Counter(name for one in said for name in _names(one))
        if not names["messages"] and not names["answered"]:
            continue
        if names["messages"]:
            yield Mark(day, lang, "conversations")
        for name in ("messages", "answered", "missed", "tickets"):
            yield from [Mark(day, lang, name)] * names[name]
        handed_on = names["offers"] or names["tickets"] or (conversation_id, day) in opened
        if names["messages"] and names["answered"] and not handed_on:
            yield Mark(day, lang, "deflected")


def _names(said: SpokenEntry) -> Iterator[str]:
    if said.author is Author.VISITOR and said.kind is Kind.TEXT:
        yield "messages"
    if said.missed:
        yield "missed"
    if said.topic and said.topic not in _NO_ANSWER:
        yield "answered"
    if said.card == "ticket":
        yield "tickets"
    # As the conversation's status sees it.
    if said.offers or said.card == "ticket_form":
        yield "offers"


def _of_cases(cases: Sequence[CaseRecord], now: datetime, day_of: Callable[[datetime], date]) -> Iterator[Mark]:
    for case in cases:
        day = day_of(case.created_at)
        names = ["handoffs"]
        if case.first_taken_at is not None:
            yield Mark(day, case.lang, "wait", (case.first_taken_at - case.created_at).total_seconds())
            names.append("taken")
        if case.outcome is not None:
            names.append(case.outcome if case.outcome in _ENDS else f"agent_{case.outcome}")
        if "escalated" in case.steps_done:
            names.append("escalated")
        names += _clock("response", case.first_response_due_at, case.first_response_at, case.closed_at, now)
        # A visitor who gave up was not helped.
        resolved_at = None if case.outcome in _GAVE_UP else case.closed_at
        names += _clock("restoration", case.resolution_due_at, resolved_at, case.closed_at, now)
        for name in names:
            yield Mark(day, case.lang, name)


def _clock(name: str, due: datetime | None, done: datetime | None, over: datetime | None, now: datetime) -> list[str]:
    """`<name>_kept` or `_missed` of a promise; nothing while it is open, nor if the case was over before it was due."""
    if due is None:
        return []
    if done is not None:
        return [f"{name}_kept" if done <= due else f"{name}_missed"]
    return [f"{name}_missed"] if due < (over or now) else []


def _of_ratings(ratings: Sequence[SpokenEntry], day_of: Callable[[datetime], date]) -> Iterator[Mark]:
    """The last rating of each conversation counts."""
    for said in {one.conversation_id: one for one in ratings}.values():
        day = day_of(said.at)
        yield Mark(day, said.lang, "score", float(said.score or 0))
        if said.solved is not None:
            yield Mark(day, said.lang, "solved" if said.solved else "unsolved")


def _of_kept(kept: Iterable[RetainedFigures], agent: str | None = None) -> Iterator[Mark]:
    for one in kept:
        if one.agent == agent and not one.name.startswith(_TOPIC):
            yield from [Mark(one.day, one.lang, one.name, one.value)] * one.times


def _unanswered(said: Sequence[SpokenEntry]) -> list[Unanswered]:
    """The unanswered questions, the most frequent and then the newest first."""
    missed = {(one.conversation_id, one.client_id) for one in said if one.missed}
    times: dict[tuple[str, str], list[datetime]] = {}
    for one in said:
        if one.text and (one.conversation_id, f"{_ANSWER_OF}{one.seq}") in missed:
            times.setdefault((mask(one.text), one.lang), []).append(one.at)
    found = [Unanswered(text, lang, len(ats), max(ats)) for (text, lang), ats in times.items()]
    return sorted(found, key=lambda one: (one.times, one.last_at), reverse=True)
