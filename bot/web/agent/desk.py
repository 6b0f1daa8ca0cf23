"""The hub of the consoles: what each agent is shown of the desk, and what rings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Protocol

from bot.adapters.canned import Canned
from bot.core.chat import Author, Changed, Kind, Status
from bot.core.errors import StoreUnavailable
from bot.ports import AgentAccount, Agents, FactsStore
from bot.web.agent.board import Board, fits, read_board
from bot.web.agent.look import Look
from bot.web.agent.talks import Talk
from bot.web.frames import Frame, dump
from bot.web.gateway import Gateway

logger = logging.getLogger(__name__)

# The board is read anew this often, for others write to the database, too; and pushed no more often than that.
ROUND_SECONDS, PUSH_SECONDS = 2.0, 0.2
_CASE = {Status.QUEUED: "queued", Status.TRANSFERRED: "queued", Status.CONNECTED: "taken"}
# Notes of the clocks, which the agent who has the case should hear.
_RINGS = ("warned", "late", "restore_warned", "restore_late")
_SAYS = (Kind.TEXT, Kind.FILE, Kind.TICKET)


class Screen(Protocol):
    """An open console. Nothing here blocks, but `check`."""

    @property
    def account(self) -> AgentAccount:
        """Whose it is."""

    def show(self, frame: Frame, text: str) -> None:
        """A frame that is pushed when it differs from the last of its type; `text` is the same, dumped."""

    def send(self, frame: Frame) -> None:
        """A frame that is pushed at once."""

    async def check(self) -> bool:
        """Is its session good still?"""

    def end(self) -> None:
        """Its session has ended: send it away."""


class Desk:
    """All consoles of this process. `run` goes on for ever; `board` is `None` until it was read once."""

    def __init__(
        self, gateway: Gateway, agents: Agents, facts: FactsStore, canned: tuple[Canned, ...],
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.gateway, self.agents, self.facts, self.canned, self.now = gateway, agents, facts, canned, now
        self.board: Board | None = None
        self._screens: set[Screen] = set()
        self._looks: dict[str, set[Look]] = {}
        self._talks: dict[str, Talk] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._nudge = asyncio.Event()
        self._is_stale = True
        gateway.journal.listeners.append(self._changed)
        gateway.journal.doubters.append(self._doubt)
        gateway.hub.listeners.append(self._told)

    def join(self, screen: Screen) -> None:
        """A console is open."""
        self._screens.add(screen)
        self.refresh()

    def leave(self, screen: Screen) -> None:
        """A console is gone."""
        self._screens.discard(screen)
        self.refresh()

    @property
    def screens(self) -> tuple[Screen, ...]:
        """The open consoles."""
        return tuple(self._screens)

    def there(self) -> set[str]:
        """The agents who have a console open."""
        return {screen.account.id for screen in self._screens}

    def look(self, conversation: str, look: Look) -> None:
        """Tell `look` of the conversation from now on."""
        self._looks.setdefault(conversation, set()).add(look)

    def look_away(self, conversation: str, look: Look) -> None:
        """Tell it no more."""
        looks = self._looks.get(conversation, set())
        looks.discard(look)
        if not looks:
            self._looks.pop(conversation, None)

    def lock(self, agent: str) -> asyncio.Lock:
        """Held while an agent takes a case, so that two of their consoles don't take more than they can."""
        return self._locks.setdefault(agent, asyncio.Lock())

    def refresh(self) -> None:
        """Read the board anew, soon."""
        self._is_stale = True
        self._nudge.set()

    def saw(self, agent: str, conversation: str, seq: int) -> None:
        """The agent has read one of their conversations up to here."""
        talk = self._talks.get(conversation)
        if talk and talk.holder == agent:
            talk.saw(seq)
            self._nudge.set()

    def ring(self, agent: str, kind: str, conversation: str) -> None:
        """Something that the agent should hear of now, wherever their console is open."""
        for screen in self._of(agent):
            screen.send({"type": "alert", "kind": kind, "conversation": conversation})

    def frames(self, account: AgentAccount) -> Mapping[str, Frame]:
        """What an agent is shown of the board, by type; once it was read."""
        assert self.board is not None, "the board was read"
        return {"queue": self.board.queue(account), "mine": self._mine(self.board, account.id),
                "team": self.board.team(self.there())}

    async def ready(self) -> Board:
        """The board; read now, if it never was. Raises `StoreUnavailable`."""
        if self.board is None:
            await self._read()
        assert self.board is not None, "just read"
        return self.board

    async def run(self) -> None:
        """Show what changed, for ever."""
        while True:
            self._nudge.clear()
            try:
                if self._is_stale:
                    await self._read()
                self._push()
            except StoreUnavailable:
                logger.warning("The board could not be read; the next round tries again.")
            except Exception:  # the edge: the rounds go on
                logger.exception("The board could not be shown.")
            await asyncio.sleep(PUSH_SECONDS)
            try:
                await asyncio.wait_for(self._nudge.wait(), ROUND_SECONDS - PUSH_SECONDS)
            except asyncio.TimeoutError:
                self._is_stale = True

    async def _read(self) -> None:
        self._is_stale = False
        try:
            board = await asyncio.to_thread(read_board, self.gateway.cases, self.agents, self.now())
            await self._listen(board)
        except StoreUnavailable:
            self._is_stale = True
            raise
        before, self.board = self.board, board
        if before is not None:
            self._ring_for_new(before, board)
            for conversation, looks in self._looks.items():
                if before.cases.get(conversation) != board.cases.get(conversation):
                    for look in looks:
                        look.doubt()

    async def _listen(self, board: Board) -> None:
        """Have the newest entries of every conversation that somebody has; a change that comes meanwhile is added."""
        held = {c.conversation: c.agent for c in board.cases.values() if c.state.value == "taken" and c.agent}
        self._talks = {name: talk for name, talk in self._talks.items() if held.get(name) == talk.holder}
        for conversation, holder in held.items():
            if conversation not in self._talks:
                talk = self._talks[conversation] = Talk(holder)
                try:
                    talk.add(await asyncio.to_thread(self.gateway.conversations.entries, conversation, limit=50))
                except StoreUnavailable:
                    del self._talks[conversation]
                    raise

    def _push(self) -> None:
        """To each console what is new for it; what is the same for several is made once."""
        if self.board is None:
            return
        team = self.board.team(self.there())
        made: dict[object, tuple[Frame, str]] = {"team": (team, dump(team))}
        for screen in self.screens:
            account = self.board.agents.get(screen.account.id, screen.account)
            alike, own = self.board.like(account), ("mine", account.id)
            if alike not in made:
                queue = self.board.queue(account)
                made[alike] = queue, dump(queue)
            if own not in made:
                mine = self._mine(self.board, account.id)
                made[own] = mine, dump(mine)
            for name in ("team", alike, own):
                screen.show(*made[name])
        for looks in self._looks.values():
            for look in tuple(looks):
                look.look_round()

    def _mine(self, board: Board, agent: str) -> Frame:
        talks = self._talks
        return {"type": "mine", "cases": [
            {**board.row(case), **(talks.get(case.conversation) or Talk(agent)).summary()}
            for case in board.held_by(agent)
        ]}

    def _ring_for_new(self, before: Board, board: Board) -> None:
        """One ring a console, however many cases have come at once."""
        known = {(case.id, case.tier, case.kept_for) for case in before.waiting}
        new = [case for case in board.waiting if (case.id, case.tier, case.kept_for) not in known]
        for screen in self.screens if new else ():
            account = board.agents.get(screen.account.id, screen.account)
            kept = next((case for case in new if case.kept_for == account.id), None)
            fit = next((case for case in new if case.kept_for is None and fits(account, case)), None)
            if kept:
                screen.send({"type": "alert", "kind": "kept_for_you", "conversation": kept.conversation})
            elif fit and account.presence == "online":
                screen.send({"type": "alert", "kind": "new_case", "conversation": fit.conversation})

    def _changed(self, changed: Changed) -> None:
        """A listener of the journal."""
        chat = changed.chat
        for look in tuple(self._looks.get(chat.id, ())):
            look.changed(changed)
        case = self.board.cases.get(chat.id) if self.board else None
        waits_for_word = case is not None and case.clocks.responded_at is None
        if _CASE.get(chat.status) != (case.state.value if case else None) or (
            waits_for_word and any(entry.author is Author.AGENT for entry in changed.entries)
        ):
            self.refresh()
        if talk := self._talks.get(chat.id):
            talk.add(changed.entries)
            self._nudge.set()
        if chat.agent is None:
            return
        if any(entry.author is Author.VISITOR and entry.kind in _SAYS for entry in changed.entries):
            self.ring(chat.agent.id, "message", chat.id)
        if any(note.kind in _RINGS for note in changed.notes):
            self.ring(chat.agent.id, "late", chat.id)

    def _doubt(self, conversation: str) -> None:
        self._talks.pop(conversation, None)
        for look in tuple(self._looks.get(conversation, ())):
            look.doubt()
        self.refresh()

    def _told(self, conversation: str, frame: Frame) -> None:
        if frame["type"] == "typing":
            for look in tuple(self._looks.get(conversation, ())):
                look.typing(frame)

    def _of(self, agent: str) -> list[Screen]:
        return [screen for screen in self._screens if screen.account.id == agent]
