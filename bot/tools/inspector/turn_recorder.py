"""Finds the turns in what is recorded. A turn begins when the visitor's entry is stored, or when the bot is done with
the one before, and ends when the answer is stored: by Rasa or, for a button, a form or a file, by the gateway."""

from __future__ import annotations

import time

from bot.core.conversation import BOT_LISTENS, Author, Change, Changed, Conversation, Entry, Kind
from bot.live.bot_turns import answered_by, asks
from bot.live.frames import entry_json
from bot.tools.inspector.timeline import AGENT, EVENT, VISITOR, Item, Timeline
from bot.tools.sandbox.trace import Recorder, Transition
from bot.tools.scenarios.scenario import Step

GREETING, BY_ITSELF = "The bot greets", "The bot speaks by itself"


class TurnRecorder(Recorder):
    """A recorder that puts each turn into `timeline`. There is one visitor, so turns come one after the other."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self.acting: Step | None = None  # the step that an agent takes now
        self._timeline = timeline
        self._began: dict[tuple[str, int], float] = {}  # by conversation and seq of the visitor's entry
        self._is_answering = False

    def wrote(self, change: Change, changed: Changed, transition: Transition | None) -> None:
        """See `Recorder`."""
        now, entries = changed.conversation, changed.entries
        asked = next((entry for entry in entries if asks(entry)), None)
        if asked and not self._is_answering:
            self.begin()
        super().wrote(change, changed, transition)
        if now.id != self._timeline.conversation_id and (asked or (entries and entries[0].seq == 1)):
            self._timeline.begin(now.id)
            self._began.clear()
        if now.id != self._timeline.conversation_id:
            return
        self._timeline.status = now.status.value
        answered = change.answers or (answered_by(entries[0]) if entries else None)
        if asked:
            item: Item | None = self._asked(asked, now)
        elif answered:
            item = self._answered(answered)
        else:
            item = self._happened(change, entries, now)
        self._is_answering = _waits(now)
        if item:
            item.entries += [entry_json(entry) for entry in entries if entry is not asked]
            item.transitions += [transition] if transition else []
            self._timeline.changed(item)

    def _asked(self, entry: Entry, now: Conversation) -> Item:
        self._began[now.id, entry.seq] = time.perf_counter()
        return self._timeline.add(VISITOR, _label(entry), _step(entry), seq=entry.seq, waits=_waits(now))

    def _answered(self, seq: int) -> Item | None:
        item = self._timeline.of(seq)
        if item and item.waits:
            began = self._began.pop((self._timeline.conversation_id, seq), 0.0)
            item.trace, item.waits = self.trace(item.label, time.perf_counter() - began), False
            self.begin()
        return item

    def _happened(self, change: Change, entries: tuple[Entry, ...], now: Conversation) -> Item | None:
        if change.by or self.acting:
            if not (entries or change.notes or change.event):
                return None
            return self._timeline.add(AGENT, _deed(self.acting), self.acting)
        if not entries:
            return None
        names = [str(entry.body.get("event")) for entry in entries if entry.kind is Kind.EVENT]
        by_bot = BY_ITSELF if now.asked else GREETING
        return self._timeline.add(EVENT, ", ".join(names) or (
            by_bot if entries[0].author is Author.BOT else f"{entries[0].author.value}: {entries[0].kind.value}"))


def _waits(now: Conversation) -> bool:
    return now.status in BOT_LISTENS and now.asked > now.answered


def _label(entry: Entry) -> str:
    return str(entry.body.get("text") or entry.body.get("file", {}).get("name") or entry.kind.value)


def _step(entry: Entry) -> Step | None:
    if entry.kind is Kind.FILE:
        return None
    if entry.kind is Kind.TICKET:
        return Step("", form=tuple(entry.body["values"].items()))
    return Step(entry.body.get("payload") or entry.body["text"])


def _deed(step: Step | None) -> str:
    return f"{step.verb} {step.words}".strip() if step else "an agent"
