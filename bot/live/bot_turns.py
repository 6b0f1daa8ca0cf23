"""Entries of the log as turns of the bot: which it answers, which need no understanding, and what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.core.conversation import Author, Conversation, Entry, Kind
from bot.ports import BotTurn

# Texts of the visitor that the bot gets along.
REMEMBERED = 10
_ANSWERED = (Kind.TEXT, Kind.TICKET, Kind.FILE)
# Files that follow each other this closely get one answer.
BURST = timedelta(seconds=60)
_ANSWER = "re-"


def asks(entry: Entry) -> bool:
    """True for what the bot answers."""
    return entry.author is Author.VISITOR and entry.kind in _ANSWERED


def is_local(entry: Entry) -> bool:
    """True for a button's intent, a form and a file: answered here, without Rasa."""
    return entry.kind in (Kind.TICKET, Kind.FILE) or str(entry.body.get("payload") or "").startswith("/")


def is_one_more(entry: Entry, before: Iterable[Entry]) -> bool:
    """True for a file right after another, which has its answer already."""
    previous = [other for other in before if asks(other)][-1:]
    return any(last.kind is Kind.FILE and entry.at - last.at < BURST for last in previous)


def answer_id(entry: Entry) -> str:
    """The `client_id` of the first word of its answer, so that it is never given twice."""
    return f"{_ANSWER}{entry.seq}"


def answered_by(entry: Entry) -> int | None:
    """The seq of what the bot answers with this entry, if it is an answer's first word."""
    of = (entry.client_id or "").removeprefix(_ANSWER)
    return int(of) if entry.author is Author.BOT and of.isdecimal() and entry.client_id != of else None


def turn_of(conversation: Conversation, entry: Entry, before: Sequence[Entry]) -> BotTurn:
    """What the bot is asked; `before` are the entries before it, in their order."""
    files = sum(e.author is Author.VISITOR and e.kind is Kind.FILE for e in (*before, entry))
    said = [e.body["text"] for e in before if e.author is Author.VISITOR and e.kind is Kind.TEXT]
    return BotTurn(
        conversation_id=conversation.id,
        message_id=f"{conversation.id}:{entry.seq}",
        text=entry.body.get("payload") or entry.body["text"],
        state={**conversation.bot_state, "language": conversation.lang, "files": files},
        history=tuple(said[-REMEMBERED:]),
        # A file opens no door, it only names those that its sender has; and it comes without an identity token.
        identity=conversation.identity if entry.body.get("verified") or entry.kind is Kind.FILE else None,
        identity_problem=entry.body.get("problem"),
    )
