"""The hub of the consoles: pushes queue, own cases and team to each agent, and sends alerts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timezone

from bot.adapters.canned_answers import Canned
from bot.core.case import CaseState
from bot.core.case_access import fits, is_leader
from bot.core.conversation import Author, Changed, Kind
from bot.core.errors import StoreUnavailable
from bot.live.console.agent_subscription import RETRY_SECONDS, AgentSubscription
from bot.live.console.console_client import ConsoleClient
from bot.live.console.queue_snapshot import QueueSnapshot
from bot.live.console.snapshot_loader import SnapshotLoader
from bot.live.console.unread import UnreadCounter
from bot.live.frames import Frame, dump
from bot.live.gateway import Gateway
from bot.ports import AgentAccount, Agents, Case, FactsStore
from bot.ports.personal_data import Erasure

logger = logging.getLogger(__name__)

# Least time between two pushes of the queue.
PUSH_SECONDS = 0.2
_SAYS = (Kind.TEXT, Kind.FILE, Kind.TICKET)


class ConsoleHub:
    """All consoles of this process. `run` goes on for ever."""

    def __init__(
        self, gateway: Gateway, agents: Agents, facts: FactsStore, canned: tuple[Canned, ...],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.gateway, self.agents, self.facts, self.canned, self.now = gateway, agents, facts, canned, now
        self._loader = SnapshotLoader(gateway.cases, agents, lambda: self.now())
        self._clients: set[ConsoleClient] = set()
        self._subscriptions: dict[str, set[AgentSubscription]] = {}
        self._unread: dict[str, UnreadCounter] = {}
        # Conversation → agent who has just lost it, while an older snapshot still shows the agent as its owner.
        self._lost: dict[str, str] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._wake, self._reading = asyncio.Event(), asyncio.Lock()
        gateway.log_writer.on_commit.append(self._on_commit)
        gateway.log_writer.on_uncertain_commit.append(self._resync)
        gateway.pubsub.on_transient.append(self._on_transient)
        gateway.on_alarm.append(self.alert_late)
        gateway.on_erasure.append(self._on_erasure)

    def join(self, client: ConsoleClient) -> None:
        """Add an open console, whose agent may be new."""
        self._clients.add(client)
        self.refresh()

    def leave(self, client: ConsoleClient) -> None:
        """Remove a console."""
        self._clients.discard(client)
        self._wake.set()

    @property
    def snapshot(self) -> QueueSnapshot | None:
        """The snapshot as read last; `None` before the first reading."""
        return self._loader.snapshot

    @property
    def clients(self) -> tuple[ConsoleClient, ...]:
        """The open consoles."""
        return tuple(self._clients)

    def online_agents(self) -> set[str]:
        """The agents who have a console open."""
        return {client.account.id for client in self._clients}

    def subscribe(self, conversation_id: str, subscription: AgentSubscription) -> None:
        """Pass changes of the conversation to `subscription`."""
        self._subscriptions.setdefault(conversation_id, set()).add(subscription)

    def unsubscribe(self, conversation_id: str, subscription: AgentSubscription) -> None:
        """Undo `subscribe`."""
        subscriptions = self._subscriptions.get(conversation_id, set())
        subscriptions.discard(subscription)
        if not subscriptions:
            self._subscriptions.pop(conversation_id, None)

    def lock(self, agent: str) -> asyncio.Lock:
        """The lock to hold while an agent takes a case: two consoles together must not exceed the agent's capacity."""
        return self._locks.setdefault(agent, asyncio.Lock())

    def refresh(self) -> None:
        """Read the snapshot again soon."""
        self._loader.refresh()
        self._wake.set()

    def mark_read(self, agent: str, conversation_id: str, seq: int) -> None:
        """Note that the agent has read a conversation of theirs up to the entry `seq`."""
        counter = self._unread.get(conversation_id)
        if counter and counter.holder == agent:
            counter.mark_read(seq)
            self._wake.set()

    def alert(self, agent: str, kind: str, conversation_id: str, **more: str | None) -> None:
        """Send an `alert` to every open console of an agent."""
        for client in self.clients:
            if client.account.id == agent:
                client.send({"type": "alert", "kind": kind, "conversation": conversation_id, **more})

    def alert_late(self, case: Case) -> int:
        """Alert to a case that is late or soon will be: the agent who has it, or the agents online who may take it, and
        the leads. Returns how many agents online were alerted."""
        heard = set()
        for client in self.clients:
            account = client.account
            if is_leader(account) or (
                    account.id == case.agent if case.state is CaseState.TAKEN
                    else account.presence == "online" and fits(account, case)):
                client.send(
                    {"type": "alert", "kind": "late", "conversation": case.conversation_id, "case": case.number})
                if account.presence == "online":
                    heard.add(account.id)
        return len(heard)

    def frames(self, account: AgentAccount) -> Mapping[str, Frame]:
        """The frames `queue`, `mine` and `team` of an agent, by type. Needs a snapshot."""
        assert self.snapshot is not None, "the snapshot was read"
        return {"queue": self.snapshot.queue(account), "mine": self._mine(self.snapshot, account.id),
                "team": self.snapshot.team(self.online_agents())}

    async def ready(self) -> QueueSnapshot:
        """The snapshot, read now if it never was. Raises `StoreUnavailable`."""
        if self.snapshot is None:
            await self._read()
        assert self.snapshot is not None, "just read"
        return self.snapshot

    async def run(self) -> None:
        """Push what changed, for ever."""
        while True:
            self._wake.clear()
            try:
                await self._read()
                self._push()
            except StoreUnavailable:
                logger.warning("The queue could not be read: the database did not answer. The next round tries again.")
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # the edge: the rounds go on
                logger.exception("The queue could not be shown.")
            await asyncio.sleep(PUSH_SECONDS)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._loader.wait())

    async def _read(self) -> None:
        async with self._reading:
            before = self.snapshot
            whole = await self._loader.read()
            after = self.snapshot
            if after is None or after is before:
                return
            await self._load_unread(after)
            if before is None:
                return
            if whole:
                self._alert_new_cases(before, after)
            new_scope = _scopes(before) != _scopes(after)
            for conversation_id, subscriptions in self._subscriptions.items():
                if new_scope or before.cases.get(conversation_id) != after.cases.get(conversation_id):
                    for subscription in subscriptions:
                        subscription.resync()

    async def _load_unread(self, snapshot: QueueSnapshot) -> None:
        """Load the newest entries of every taken conversation; changes that come meanwhile are added to them."""
        held = {case.conversation_id: agent for agent, cases in snapshot.held.items() for case in cases}
        self._unread = {name: counter for name, counter in self._unread.items() if held.get(name) == counter.holder}
        self._lost = {name: agent for name, agent in self._lost.items() if held.get(name) == agent}
        for conversation_id, holder in held.items():
            if conversation_id not in self._unread and conversation_id not in self._lost:
                counter = self._unread[conversation_id] = UnreadCounter(holder)
                try:
                    counter.add(await asyncio.to_thread(self.gateway.conversations.entries, conversation_id, limit=50))
                except StoreUnavailable:
                    del self._unread[conversation_id]
                    raise

    def _push(self) -> None:
        """Push to each console what is new for it. Texts that several consoles get are made once."""
        if self.snapshot is None:
            return
        team = self.snapshot.team(self.online_agents())
        told, queues = dump(team), dict[object, str]()
        for client in self.clients:
            account = client.account
            key = self.snapshot.cache_key(account)
            if key not in queues:
                queues[key] = self.snapshot.queue_text(account)
            client.show("queue", queues[key])
            client.show("mine", dump(self._mine(self.snapshot, account.id)))
            client.show("team", told)
        for subscriptions in self._subscriptions.values():
            for subscription in tuple(subscriptions):
                subscription.refresh_state()

    def _mine(self, snapshot: QueueSnapshot, agent: str) -> Frame:
        unread = self._unread
        return {"type": "mine", "cases": [
            {**snapshot.row(case), **(unread.get(case.conversation_id) or UnreadCounter(agent)).summary()}
            for case in snapshot.held.get(agent, ())
        ]}

    def _alert_new_cases(self, before: QueueSnapshot, snapshot: QueueSnapshot) -> None:
        """Send each console at most one alert, however many cases have come at once."""
        known = {(case.id, case.tier, case.reserved_for) for case in before.waiting}
        new = [case for case in snapshot.waiting if (case.id, case.tier, case.reserved_for) not in known]
        for client in self.clients if new else ():
            account = client.account
            reserved = next((case for case in new if case.reserved_for == account.id), None)
            fit = next((case for case in new if case.reserved_for is None and fits(account, case)), None)
            if reserved:
                client.send({"type": "alert", "kind": "reserved_for_you", "conversation": reserved.conversation_id})
            elif fit and account.presence == "online":
                client.send({"type": "alert", "kind": "new_case", "conversation": fit.conversation_id})

    def _on_commit(self, changed: Changed) -> None:
        """Listener of `EventLogWriter.on_commit`."""
        conversation = changed.conversation
        for subscription in tuple(self._subscriptions.get(conversation.id, ())):
            subscription.on_commit(changed)
        if self._loader.follow(changed):
            self._wake.set()
        if counter := self._unread.get(conversation.id):
            counter.add(changed.entries)
            self._wake.set()
            if conversation.agent is None or conversation.agent.id != counter.holder:
                del self._unread[conversation.id]
                self._lost[conversation.id] = counter.holder
                self._alert_loss(counter.holder, changed)
        if conversation.agent is None:
            return
        if self._lost.get(conversation.id) == conversation.agent.id:
            del self._lost[conversation.id]
        if any(entry.author is Author.VISITOR and entry.kind in _SAYS for entry in changed.entries):
            self.alert(conversation.agent.id, "message", conversation.id)

    def _alert_loss(self, holder: str, changed: Changed) -> None:
        """Alert `holder`, who has lost a case, unless `holder` gave it away."""
        did = next(iter(changed.notes), None)
        if did is None or did.agent != holder or did.body.get("automatic"):
            by = self._account(did.agent) if did and did.agent and did.agent != holder else None
            self.alert(holder, "lost", changed.conversation.id, by=by.name if by else None)

    def _account(self, agent: str) -> AgentAccount | None:
        """The account of the id `agent`, from the snapshot, or from an open console if the agent is newer."""
        known = self.snapshot.agents.get(agent) if self.snapshot else None
        return known or next((client.account for client in self.clients if client.account.id == agent), None)

    def _resync(self, conversation_id: str) -> None:
        self._unread.pop(conversation_id, None)
        for subscription in tuple(self._subscriptions.get(conversation_id, ())):
            subscription.resync()
        self.refresh()

    def _on_erasure(self, erasure: Erasure) -> None:
        """Listener of `Gateway.on_erasure`: the subscriptions read again, and find the conversation gone."""
        self._resync(erasure.conversation_id)

    def _on_transient(self, conversation_id: str, frame: Frame) -> None:
        if frame["type"] == "typing":
            for subscription in tuple(self._subscriptions.get(conversation_id, ())):
                subscription.on_transient(frame)


def _scopes(snapshot: QueueSnapshot) -> Mapping[str, object]:
    """What each agent may see, by the agent's id."""
    return {account.id: (account.role, account.tiers, account.languages) for account in snapshot.agents.values()}
