"""Talk with the services behind the bot: the real words and facts, stand-ins for the desks, and no model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakes import FakeQueue, FakeTickets

from bot.core.customer import Customer, Identity
from bot.core.facts import Facts
from bot.services.dialogue.manager import DialogueManager, Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.effect_messages import carry_out
from bot.services.wording import Wording

COMMUNITY = "https://community.example.com"
PREMIER = Identity("u-1", Customer("premier", "business", "admin", True), "Sari", "sari@example.com")
MEMBER = Identity("u-2", Customer("access", "pro", "member", True), "Budi", "budi@example.com")
UNLICENSED = Identity("u-3", Customer("access", "business", "member", False), "Tono", "tono@example.com")
FREE = Identity("u-4", Customer("access", "basic", "member", True), "Dewi", "dewi@example.com")
TICKET = {"kind": "ticket", "key": "c:m", "subject": "Audio", "description": "Putus-putus", "email": "sari@example.com",
          "priority": "p3", "proposed": "p3", "asked": "confirm"}


def carried_out(reply: Reply, queue: FakeQueue, tickets: FakeTickets, wording: Wording, facts: Facts) -> Reply:
    """`reply` once its effects are carried out."""
    words = wording.words(facts, reply.state.language)
    return replace(reply, bubbles=tuple(carry_out(bubble, queue, tickets, words) for bubble in reply.bubbles))


class Dialogue:
    """A conversation that remembers its state."""

    def __init__(self, wording: Wording, facts: Facts) -> None:
        self.agents, self.tickets = FakeQueue(), FakeTickets()
        self.state = State()
        self.wording, self.facts = wording, facts
        self._manager = DialogueManager(wording, self.agents, COMMUNITY)

    def say(self, text: str, intent: str, share: float = 1.0, **more: Any) -> str:
        """One turn; the text of the reply."""
        turn = Turn("c", text, intent, more.pop("ranking", {intent: share}), message_id="m", **more)
        reply = self._manager.reply(turn, self.state, self.facts)
        reply = carried_out(reply, self.agents, self.tickets, self.wording, self.facts)
        self.state, self.buttons = reply.state, [b.payload for bubble in reply.bubbles for b in bubble.buttons]
        return "\n".join(bubble.text for bubble in reply.bubbles)

    def words(self, response: str, **values: str) -> str:
        """The response as it reads in the present language."""
        return self.wording.words(self.facts, self.state.language).say(response, values)
