"""Whatever visitors, the bot, agents and time do to a conversation, in whatever order: a random walk with rules.

The bot and a human never both have the word, a case is where its conversation is, and every state has a way out.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import QUEUE_PATIENCE, FakeClock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.effects import SqlEffects
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.tables import metadata
from bot.adapters.sql.tickets import SqlTickets
from bot.core.answer import Bubble
from bot.core.case import REASONS, CaseState
from bot.core.conversation import (
    Agent,
    Author,
    Change,
    Changed,
    Conversation,
    Destination,
    Entry,
    Event,
    Kind,
    NewEntry,
    Note,
    Status,
    advance,
)
from bot.core.customer import Customer, Identity
from bot.core.effects import CaseFile, Effect, OpenCase, OpenTicket, SlaTargets, TicketDraft
from bot.core.routing import HandoffTarget, Route
from bot.ports import QueuePlace

ADA = Identity("user-1", Customer("premier_plus", "business", "member", True), "Ada", "ada@example.com")
AGENTS = [Agent("a_sari", "Sari"), Agent("a_bayu", "Bayu")]
WAITS = (Status.QUEUED, Status.TRANSFERRED)
an_agent = st.sampled_from(AGENTS)
FILE = CaseFile("c", "?", (), "id", "", "p2", None, ADA, Route(HandoffTarget.AGENT_QUEUE, "tier1", 1),
                SlaTargets(timedelta(hours=4)))


def _announce(_effect: Effect, result: QueuePlace | str | None) -> Bubble:
    return Bubble(result.case_number if isinstance(result, QueuePlace) else str(result))


class Walk(RuleBasedStateMachine):
    """One conversation. `on_its_way` is a reply that the bot thinks of: it is stored whenever, with its effect."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.engine = open_engine("sqlite://")
        metadata.create_all(self.engine)
        self.cases = SqlCases(self.engine, self.clock)
        self.tickets = SqlTickets(self.engine)
        effects = SqlEffects(self.cases, self.tickets, _announce)
        self.conversations = SqlConversations(self.engine, QUEUE_PATIENCE, self.clock, effects)
        self.ids = (f"m-{number}" for number in itertools.count())
        self.said: list[str] = []
        self.on_its_way: Change | None = None
        # Who had the word at each entry.
        self.holders: list[tuple[Status, Agent | None]] = []
        # What is stored, as read since the last change.
        self._conversation: Conversation | None = None
        self._entries: list[Entry] = []

    def teardown(self) -> None:
        """The database is gone with it."""
        self.engine.dispose()

    @initialize()
    def begin(self) -> None:
        """A conversation that has greeted."""
        self.conversations.create(Conversation("c", Status.BOT, "id", ADA), "key")
        self.do(Change("c", (self.word(Author.BOT),)))

    @property
    def conversation(self) -> Conversation:
        """As it is stored."""
        if self._conversation is None:
            self._conversation = self.conversations.get("c")
        assert self._conversation is not None
        return self._conversation

    @property
    def entries(self) -> list[Entry]:
        """The log as it is stored."""
        self._entries = self._entries or self.conversations.entries("c")
        return self._entries

    def word(self, author: Author, client_id: str | None = None) -> NewEntry:
        """Somebody says something."""
        return NewEntry(author, Kind.TEXT, {"text": author.value}, client_id)

    def do(self, change: Change) -> Changed:
        """One change; remembers who had the word when its entries came."""
        before = self.conversation
        [changed] = self.conversations.write([change])
        self._conversation, self._entries = None, []
        if changed.is_new:
            after = changed.conversation
            for entry in changed.entries:
                had = before if entry.author is Author.AGENT else after
                self.holders.append((had.status, had.agent))
        return changed

    @precondition(lambda self: self.conversation.status is not Status.CLOSED)
    @rule()
    def visitor_says(self) -> None:
        """Free text; the gateway takes it in every status but the last."""
        client_id = next(self.ids)
        changed = self.do(Change("c", (self.word(Author.VISITOR, client_id),), Event.SAY))
        assert changed.is_new
        self.said.append(client_id)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def visitor_sends_again(self, data: st.DataObject) -> None:
        """A lost acknowledgement: nothing is stored twice."""
        client_id = data.draw(st.sampled_from(self.said))
        assert not self.do(Change("c", (self.word(Author.VISITOR, client_id),), Event.SAY)).is_new

    @precondition(lambda self: self.on_its_way is None and self.conversation.asked > self.conversation.answered)
    @rule(event=st.sampled_from([None, Event.OFFER, Event.QUEUE, Event.QUEUE, Event.TICKET]), alone=st.booleans())
    def bot_thinks(self, event: Event | None, alone: bool) -> None:
        """A reply is made. `alone`: given out of turn, while others wait for the bot that is away."""
        asked = self.conversation.asked
        ticket = OpenTicket(TicketDraft(f"c:{asked}", "c", "Audio", "?", "ada@example.com", "p3", "id", ADA, {}))
        effects: dict[Event | None, Effect] = {Event.QUEUE: OpenCase(FILE), Event.TICKET: ticket}
        reply = replace(self.word(Author.BOT, f"re-{asked}"), effect=effects.get(event))
        self.on_its_way = Change("c", (reply,), event, None if alone else asked, {})

    @precondition(lambda self: self.on_its_way is not None)
    @rule()
    def bot_replies(self) -> None:
        """Perhaps too late, and sent again: what it opens is opened once, and only with the reply."""
        assert self.on_its_way is not None
        before = self.cases.of_conversation("c"), self.tickets.unsent()
        if not self.do(self.on_its_way).is_new:
            assert before == (self.cases.of_conversation("c"), self.tickets.unsent())
        assert not self.do(self.on_its_way).is_new
        self.on_its_way = None

    @precondition(lambda self: self.on_its_way is not None)
    @rule()
    def bot_dies(self) -> None:
        """What it thought of is asked again, unless somebody else has the word by then."""
        self.on_its_way = None

    @precondition(lambda self: self.conversation.status in WAITS)
    @rule()
    def visitor_leaves_the_queue(self) -> None:
        """The gateway asks for it in the queue only."""
        self.do(Change("c", (NewEntry(Author.VISITOR, Kind.EVENT, {"text": "left"}, next(self.ids)),), Event.LEAVE))

    @precondition(lambda self: self.conversation.last_seq > 25)
    @rule()
    def visitor_ends_it(self) -> None:
        """Not too early: nothing much happens afterwards."""
        self.do(Change("c", (NewEntry(Author.VISITOR, Kind.EVENT, {"text": "ended"}, next(self.ids)),), Event.END))

    @precondition(lambda self: self.conversation.status in WAITS)
    @rule(agent=an_agent)
    def agent_takes(self, agent: Agent) -> None:
        """Whoever is first."""
        assert self.take(agent).is_new

    @precondition(lambda self: self.conversation.agent is not None)
    @rule(data=st.data())
    def agent_works(self, data: st.DataObject) -> None:
        """Says something, or passes the word on."""
        agent = self.conversation.agent
        assert agent is not None and self.work(agent, data).is_new

    @precondition(lambda self: self.conversation.last_seq > 5)
    @rule(agent=an_agent, data=st.data())
    def somebody_meddles(self, agent: Agent, data: st.DataObject) -> None:
        """Who does not have it is refused, whatever they do."""
        if self.conversation.agent != agent:
            assert not self.work(agent, data).is_new
        if self.conversation.status not in WAITS:
            assert not self.take(agent).is_new

    def take(self, agent: Agent) -> Changed:
        """As the floor does it."""
        entry = NewEntry(Author.SYSTEM, Kind.EVENT, {"text": "connected"})
        return self.do(Change("c", (entry,), Event.ACCEPT, by=agent, notes=(Note("taken", agent=agent.id),)))

    def work(self, agent: Agent, data: st.DataObject) -> Changed:
        """One thing that agents do; they end it only after a while, for nothing much happens then."""
        ends = [Event.END] if self.conversation.last_seq > 25 else []
        event = data.draw(st.sampled_from([Event.SAY, Event.TRANSFER, Event.RETURN, Event.TICKET, *ends]))
        entry = NewEntry(Author.SYSTEM, Kind.EVENT, {"text": event.value})
        if event is Event.SAY:
            entry = self.word(Author.AGENT, next(self.ids))
        to = data.draw(st.sampled_from([Destination(), Destination(2), Destination(1, "a_bayu")]))
        outcome = data.draw(st.sampled_from(REASONS)).value if event is Event.END else None
        return self.do(Change("c", (entry,), event, by=agent, to=to, outcome=outcome))

    @precondition(lambda self: self.conversation.last_seq > 5)
    @rule(minutes=st.sampled_from([1, 2, 4, 6, 31, 60 * 24 * 31]))
    def time_passes(self, minutes: int) -> None:
        """And the keeper makes its round."""
        self.clock.forward(timedelta(minutes=minutes))
        for conversation in self.conversations.due(self.clock()):
            entry = NewEntry(Author.SYSTEM, Kind.EVENT, {"text": "timeout"})
            # In the queue it is the bot who offers the form.
            if conversation.status is Status.QUEUED:
                entry = self.word(Author.BOT)
            self.do(Change("c", (entry,), Event.TIMEOUT))

    @invariant()
    def the_log_is_whole(self) -> None:
        """Numbered without a gap; what the visitor said is there, once, in order."""
        assert [entry.seq for entry in self.entries] == list(range(1, self.conversation.last_seq + 1))
        texts = [e.client_id for e in self.entries if e.author is Author.VISITOR and e.kind is Kind.TEXT]
        assert texts == self.said

    @invariant()
    def only_one_speaks(self) -> None:
        """The bot where it has the word, an agent where they have it."""
        for entry, (status, agent) in zip(self.entries, self.holders, strict=True):
            if entry.author is Author.BOT:
                assert status not in (Status.CONNECTED, Status.TRANSFERRED, Status.CLOSED) and agent is None
            if entry.author is Author.AGENT:
                assert status is Status.CONNECTED and agent is not None

    @invariant()
    def a_case_is_where_its_conversation_is(self) -> None:
        """Taken by whoever has the word, queued while it waits, else closed."""
        conversation = self.conversation
        states = [case.state for case in self.cases.of_conversation("c")]
        assert all(state is CaseState.CLOSED for state in states[1:])
        newest = states[0] if states else CaseState.CLOSED
        waiting = [case.conversation_id for case in self.cases.waiting([1, 2])]
        assert (conversation.agent is not None) is (conversation.status is Status.CONNECTED)
        if conversation.status is Status.CONNECTED:
            [case] = self.cases.open()
            assert (newest, case.agent, waiting) == (CaseState.TAKEN, conversation.agent and conversation.agent.id, [])
        elif conversation.status in WAITS:
            assert (newest, waiting) == (CaseState.QUEUED, ["c"])
        else:
            assert (newest, waiting) == (CaseState.CLOSED, [])

    @invariant()
    def what_is_opened_is_told(self) -> None:
        """Each case and each ticket stands in the log, and no other."""
        texts = {str(entry.body["text"]) for entry in self.entries}
        opened = [case.number for case in self.cases.of_conversation("c")]
        opened += [ticket.number for ticket in self.tickets.unsent()]
        assert {text for text in texts if text.startswith("KL")} == set(opened)

    @invariant()
    def there_is_a_way_out(self) -> None:
        """The visitor can end it, time moves it on (in the queue: until the form was offered), or it is over."""
        conversation = self.conversation
        if conversation.status is Status.CLOSED:
            assert conversation.wakes_at is None
        else:
            assert advance(conversation.status, Event.END) is Status.CLOSED
            assert conversation.wakes_at is not None or conversation.status is Status.QUEUED


class LongWalk(Walk):
    """The same, more often."""


MUCH = settings(max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestWalk = Walk.TestCase
TestWalk.settings = settings(MUCH, max_examples=20)
TestLongWalk = pytest.mark.long(LongWalk.TestCase)
TestLongWalk.settings = MUCH
