"""What needs no understanding of free text: a button's intent, a form, the greeting, the ways on.

The gateway answers these itself, with the same `DialogueManager` as the action server, so that they work without Rasa.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.answer import Bubble
from bot.core.conversation import Entry
from bot.core.customer import Customer, Identity
from bot.core.routing import route
from bot.ports import BotReply, BotTurn, Case, FactsStore, QueuePlace, Ticket, TicketExport
from bot.services.case_summary import case_summary
from bot.services.contact_options import contact_options
from bot.services.dialogue.manager import DialogueManager, Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.ticket_export import ticket_export
from bot.services.transcript import transcript
from bot.services.wording import Wording, Words

APOLOGY = "utter_service_trouble"


class LocalResponder:
    """Answers what a visitor has pressed or filled in. Every method may raise `StoreUnavailable`."""

    def __init__(
        self, dialogue_manager: DialogueManager, wording: Wording, facts: FactsStore, community_url: str,
        sign_in_url: str | None, privacy_url: str | None = None,
    ) -> None:
        self._manager = dialogue_manager
        self._wording = wording
        self._facts = facts
        self._community_url = community_url
        self._sign_in_url = sign_in_url
        self._privacy_url = privacy_url

    def answer(self, turn: BotTurn) -> BotReply:
        """The reply to a button: `turn.text` is `/intent`."""
        state = State.from_slots(turn.state)
        return _reply(self._manager.reply(_turn(turn), state, self._facts.load()))

    def submit(self, turn: BotTurn, values: Mapping[str, str], *, bounded: bool = True) -> BotReply:
        """Open the ticket that the visitor (or, not `bounded`, an agent) has filled in; the values are checked
        already."""
        state = State.from_slots(turn.state)
        return _reply(self._manager.submit(values, _turn(turn), state, self._facts.load(), bounded=bounded))

    def file(self, turn: BotTurn) -> BotReply:
        """A file came: who can look into it, and the ways to them."""
        state = State.from_slots(turn.state)
        return _reply(self._manager.file(_turn(turn), state, self._facts.load()))

    def greeting(self, lang: str, identity: Identity | None) -> BotReply:
        """What a new conversation begins with."""
        return _reply(self._manager.greeting(State(language=lang), self._facts.load(), identity))

    def left_queue(self, slots: Mapping[str, Any]) -> BotReply:
        """The visitor has given the place in the queue up."""
        return _reply(self._manager.left_queue(State.from_slots(slots), self._facts.load()))

    def waited_long(self, turn: BotTurn) -> BotReply:
        """Nobody has come in time: the form is offered too, and the place is kept."""
        return _reply(self._manager.waited_long(_turn(turn), State.from_slots(turn.state), self._facts.load()))

    def apologize(self, turn: BotTurn) -> BotReply:
        """An honest word where the bot fails on a message."""
        state = State.from_slots(turn.state)
        text = self._wording.words(self._facts.load(), state.language).say(APOLOGY)
        return BotReply((Bubble(text),), state.slots())

    def notice(self, lang: str) -> dict[str, str] | None:
        """What a visitor reads before the first message (`docs/protocol.md`, `state`); `None`: nothing."""
        text = self._wording.notice.get(lang)
        return {"text": text, **({"url": self._privacy_url} if self._privacy_url else {})} if text else None

    def event(self, name: str, lang: str, **values: str) -> str:
        """What happened, in words: the phrase `event_<name>`."""
        return self._wording.words(self._facts.load(), lang).phrase(f"event_{name}", **values)

    def words(self, lang: str) -> Words:
        """The words of a language."""
        return self._wording.words(self._facts.load(), lang)

    def transcript(self, entries: Sequence[Entry], lang: str) -> str:
        """The conversation as plain text, times in UTC."""
        return transcript(entries, self._wording.words(self._facts.load(), lang))

    def case_summary(self, case: Case, place: QueuePlace | None, entries: Sequence[Entry], lang: str) -> str:
        """The case file and what was said, in words, for agents who look at it elsewhere."""
        return case_summary(case, place, entries, self._wording.words(self._facts.load(), lang))

    def ticket_export(
        self, ticket: Ticket, entries: Sequence[Entry], case: Case | None, *, may_write: bool, is_new: bool,
    ) -> TicketExport:
        """What goes to a desk with a ticket, in the ticket's language."""
        facts = self._facts.load()
        words = self._wording.words(facts, ticket.draft.language)
        return ticket_export(ticket, entries, case, facts, words, may_write=may_write, is_new=is_new)

    def contact_options(self, customer: Customer | None, lang: str) -> list[dict[str, Any]]:
        """The contact options of this visitor, the best first (`docs/protocol.md`, `state`)."""
        facts = self._facts.load()
        words = self._wording.words(facts, lang)
        staffing = self._manager.staffing(route(customer, facts), lang)
        return contact_options(customer, facts, words, self._community_url, self._sign_in_url, staffing)


def _turn(turn: BotTurn) -> Turn:
    intent = turn.text.removeprefix("/")
    return Turn(
        conversation_id=turn.conversation_id,
        text=turn.text,
        intent=intent,
        ranking={intent: 1.0},
        identity=turn.identity,
        identity_problem=turn.identity_problem,
        history=turn.history,
        message_id=turn.message_id,
        cards=True,
    )


def _reply(reply: Reply) -> BotReply:
    return BotReply(reply.bubbles, reply.state.slots())
