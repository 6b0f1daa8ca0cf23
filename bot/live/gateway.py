"""What the gateway is made of, and what several of its parts ask: who may open what, and how things stand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.answer import Bubble
from bot.core.conversation import Author, Change, Changed, Chat, Kind, NewEntry, Status
from bot.core.customer import Customer
from bot.live.bot_dispatcher import Relay
from bot.live.case_actions import Floor
from bot.live.event_log_writer import Journal
from bot.live.frames import Frame, Limits
from bot.live.pubsub import Hub
from bot.live.rate_limits import Places, Rates
from bot.live.refusal_log import Refused
from bot.live.ttl_cache import Briefly
from bot.live.visitor_sessions import Visits, Who, hash_of, new_conversation_id, new_key
from bot.ports import Bot, Case, Cases, Conversations, Files, Managers, Queue, QueuePlace
from bot.ports.audit import SYSTEM
from bot.ports.feedback import Misses
from bot.ports.personal_data import Erasure
from bot.services import bot_protocol
from bot.services.cards import queue_json
from bot.services.erasure import Eraser
from bot.services.feedback_recorder import Hearing
from bot.services.local_responder import Counter
from bot.settings import Settings

# What is taken, and how the names of such files end.
FILE_TYPES = {
    "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "image/gif": (".gif",), "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
# Of those who are told that the bot has gone or come.
AT_ONCE, AT_ONCE_SECONDS = 25, 0.02
IN_QUEUE = (Status.QUEUED, Status.TRANSFERRED)
WITH_PEOPLE = (*IN_QUEUE, Status.CONNECTED)


@dataclass
class Gateway:
    """Everything a request needs, in one process."""

    settings: Settings
    limits: Limits
    conversations: Conversations
    queue: Queue
    cases: Cases
    files: Files
    counter: Counter
    bot: Bot
    managers: Managers
    misses: Misses
    hearing: Hearing
    eraser: Eraser
    now: Callable[[], datetime]
    hub: Hub = field(default_factory=Hub)
    visits: Visits = field(default_factory=Visits)
    places: dict[str, QueuePlace | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rates = Rates(self.settings.messages_per_minute)
        self.refused = Refused()
        # Sockets, and requests that wait for news in their stead.
        self.lines = Places(self.settings.sockets_per_address)
        # When the bot goes or comes, everybody's state is told anew.
        self.contact_options: Briefly[tuple[Customer | None, str], list[dict[str, Any]]] = Briefly(
            lambda asked: self.counter.contact_options(*asked))
        self._telling: set[asyncio.Task[None]] = set()
        # Who hears that a conversation was erased.
        self.mourners: list[Callable[[Erasure], None]] = []
        self.journal = Journal(self.conversations)
        self.journal.listeners.append(self.hub.changed)
        self.journal.doubters.append(self.hub.doubt)
        # Each rings for a case that runs late, and says how many agents heard it.
        self.bells: list[Callable[[Case], int]] = []
        self.floor = Floor(self.conversations, self.cases, self.journal, self.hub, self.counter)
        self.relay = Relay(
            self.conversations, self.journal, self.hub, self.bot, self.counter, self.hearing, self._on_switch)

    async def admit(self, key: str | None, who: Who, lang: str, page: Mapping[str, Any]) -> tuple[Chat, str | None]:
        """The conversation that a browser gets, and its key when that is new.

        Its own by its key; else the open one of a signed-in customer; else a new one, which greets.
        """
        chat = await asyncio.to_thread(self.conversations.find, hash_of(key)) if key else None
        if chat is None or not who.may_open(chat) or await self._gives_way(chat, who):
            key = new_key()
            chat = await self._another(who, lang, page, hash_of(key))
        else:
            key = None
        changed = Change(chat.id, identity=who.identity if chat.identity != who.identity else None,
                         context=moved(chat, page))
        if changed.identity or changed.context:
            chat = (await self.journal.write(changed)).chat
            if not who.may_open(chat):  # two have signed in to it at the same moment
                return await self.admit(None, who, lang, page)
        return chat, key

    async def _gives_way(self, chat: Chat, who: Who) -> bool:
        """Somebody signs in before a word was said: what they have open elsewhere is what they mean."""
        if who.identity is None or chat.identity is not None or chat.asked:
            return False
        return await asyncio.to_thread(self.conversations.latest_of, who.identity.subject) is not None

    async def _another(self, who: Who, lang: str, page: Mapping[str, Any], key_hash: str) -> Chat:
        new = Chat(new_conversation_id(), Status.BOT, lang, who.identity, context=page)
        chat = await asyncio.to_thread(self.conversations.join_or_create, new, key_hash)
        return (await self.greet(chat, lang)).chat if chat.id == new.id else chat

    async def greet(self, chat: Chat, lang: str) -> Changed:
        """The first word is the bot's, in the visitor's language."""
        reply = await asyncio.to_thread(self.counter.greeting, lang, chat.identity)
        return await self.journal.write(Change(chat.id, said(reply.bubbles, lang), lang=lang, bot_state=reply.state))

    async def state(self, chat: Chat, who: Who) -> Frame:
        """How things stand for this visitor."""
        place = await self.place(chat)
        options = await self.contact_options.get((who.customer, chat.lang))
        if chat.status in WITH_PEOPLE:
            options = [option for option in options if option["type"] != "agent_queue"]
        queue = queue_json(place) if place else None
        notice = self.counter.notice(chat.lang)
        return {
            "type": "state", "status": chat.status.value, "lang": chat.lang,
            "bot": "up" if self.relay.bot_is_up else "down", "identity": who.as_json(),
            "queue": queue, "agent": chat.agent.name if chat.agent else None, "contact_options": options,
            **({"privacy_notice": notice} if notice else {}),
        }

    async def place(self, chat: Chat) -> QueuePlace | None:
        """The place in the queue, as the desk said it last."""
        if chat.status not in IN_QUEUE:
            self.places.pop(chat.id, None)
            return None
        if chat.id not in self.places:
            self.places[chat.id] = await asyncio.to_thread(self.queue.place, chat.id)
        return self.places[chat.id]

    async def erase(self, conversation: str) -> None:
        """Its visitor deletes it: all of it, but the tickets that were sent."""
        await asyncio.to_thread(self.eraser.erase, [conversation], (), "visitor", SYSTEM)
        self.gone(Erasure(conversation, self.now(), ()))

    def gone(self, erasure: Erasure) -> None:
        """A conversation was erased: whoever looks at it here is told, and nothing of it is kept."""
        self.hub.doubt(erasure.conversation)
        self.visits.erase(erasure.conversation)
        self.places.pop(erasure.conversation, None)
        for listener in self.mourners:
            listener(erasure)

    def who_now(self, who: Who) -> Who:
        """`who`, unless the token has ended."""
        return who.now(time.time())

    def _on_switch(self, _up: bool) -> None:
        task = asyncio.create_task(self._tell_everybody())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_everybody(self) -> None:
        """How things stand now. Some at a time: a message must not wait until thousands were told."""
        for number, chat in enumerate(self.hub.chats(), 1):
            self.hub.refresh(chat.id)
            if number % AT_ONCE == 0:
                await asyncio.sleep(AT_ONCE_SECONDS)


def moved(chat: Chat, page: Mapping[str, Any]) -> dict[str, Any] | None:
    """The `context` of a visitor who is on `page` now; `None` when that is known, or not told."""
    told = {**{name: chat.context[name] for name in ("timezone",) if name in chat.context}, **page}
    return None if not page or told == chat.context else told


def said(bubbles: Iterable[Bubble], lang: str) -> tuple[NewEntry, ...]:
    """The bot's bubbles as entries."""
    return tuple(NewEntry(Author.BOT, Kind.TEXT, {**bot_protocol.bubble_to_json(b), "lang": lang}) for b in bubbles)
