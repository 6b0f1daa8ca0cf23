"""Turns log entries into turns of the bot: which entries it answers, and which need no understanding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.core.answer import Bubble
from bot.core.conversation import Author, Conversation, Entry, Kind, NewEntry
from bot.ports import BotTurn
from bot.services import bot_protocol

# Earlier texts of the visitor that a turn brings along.
REMEMBERED = 10
_ANSWERED = (Kind.TEXT, Kind.TICKET, Kind.FILE)
# Files that follow each other this closely get one answer.
BURST = timedelta(seconds=60)
_ANSWER = "re-"


def asks(entry: Entry) -> bool:
    """True for an entry that the bot answers."""
    return entry.author is Author.VISITOR and entry.kind in _ANSWERED


def is_local(entry: Entry) -> bool:
    """True for a button's intent, a form and a file: answered here, without Rasa."""
    return entry.kind in (Kind.TICKET, Kind.FILE) or str(entry.body.get("payload") or "").startswith("/")


def is_one_more(entry: Entry, before: Iterable[Entry]) -> bool:
    """True for a file that follows another file within `BURST`: the first one's answer stands for both."""
    previous = [other for other in before if asks(other)][-1:]
    return any(last.kind is Kind.FILE and entry.at - last.at < BURST for last in previous)


def answer_id(entry: Entry) -> str:
    """The `client_id` of the first entry of the answer, so that an answer is never stored twice."""
    return f"{_ANSWER}{entry.seq}"


def answered_by(entry: Entry) -> int | None:
    """The seq of the entry that this one answers; `None` unless it is the first entry of an answer."""
    of = (entry.client_id or "").removeprefix(_ANSWER)
    return int(of) if entry.author is Author.BOT and of.isdecimal() and entry.client_id != of else None


def entries_of(
    bubbles: Iterable[Bubble], lang: str | None, author: Author = Author.BOT, client_id: str | None = None,
) -> tuple[NewEntry, ...]:
    """`bubbles` as entries to store; `client_id` is that of the first."""
    return tuple(
        NewEntry(author, Kind.TEXT, {**bot_protocol.bubble_to_json(bubble), "lang": lang},
                 None if number else client_id, bubble.effect)
        for number, bubble in enumerate(bubbles)
    )


def turn_of(conversation: Conversation, entry: Entry, before: Sequence[Entry]) -> BotTurn:
    """The bot's input for `entry`; `before` holds earlier entries, the oldest first."""
    files = sum(e.author is Author.VISITOR and e.kind is Kind.FILE for e in (*before, entry))
    said = [e.body["text"] for e in before if e.author is Author.VISITOR and e.kind is Kind.TEXT]
    return BotTurn(
        conversation_id=conversation.id,
        message_id=f"{conversation.id}:{entry.seq}",
        text=entry.body.get("payload") or entry.body["text"],
        state={**conversation.bot_state, "language": conversation.lang, "files": files},
        history=tuple(said[-REMEMBERED:]),
        # A file comes without an identity token; its answer names only contact options that the sender has anyway.
        identity=conversation.identity if entry.body.get("verified") or entry.kind is Kind.FILE else None,
        identity_problem=entry.body.get("problem"),
    )
