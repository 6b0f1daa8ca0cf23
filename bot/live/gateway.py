"""The gateway's parts, and what several of them need: admitting a visitor, and the state of a conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.conversation import IN_QUEUE, WITH_PEOPLE, Change, Changed, Conversation, Status
from bot.core.customer import Customer
from bot.live.bot_dispatcher import BotDispatcher
from bot.live.bot_turns import entries_of
from bot.live.case_actions import CaseActions
from bot.live.event_log_writer import EventLogWriter
from bot.live.frames import Frame, Limits
from bot.live.pubsub import PubSub
from bot.live.rate_limits import ConnectionSlots, RateLimits
from bot.live.refusal_log import RefusalLog
from bot.live.ttl_cache import TtlCache
from bot.live.visitor_sessions import Visitor, VisitorSessions, hash_of, new_conversation_id, new_key
from bot.ports import AccountManagers, Bot, Case, Cases, Conversations, Files, Queue, QueuePlace
from bot.ports.audit import SYSTEM
from bot.ports.feedback import FeedbackStore
from bot.ports.personal_data import Erasure
from bot.services.cards import queue_json
from bot.services.erasure import Eraser
from bot.services.feedback_recorder import FeedbackRecorder
from bot.services.local_responder import LocalResponder
from bot.settings import Settings

# Media types of files that are accepted, with their file name extensions.
FILE_TYPES = {
    "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "image/gif": (".gif",), "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
# When the bot comes or goes: so many conversations are notified, then a pause of so many seconds.
AT_ONCE, AT_ONCE_SECONDS = 25, 0.02


@dataclass
class Gateway:
    """Everything a request needs, in one process."""

    settings: Settings
    limits: Limits
    conversations: Conversations
    queue: Queue
    cases: Cases
    files: Files
    responder: LocalResponder
    bot: Bot
    managers: AccountManagers
    feedback_store: FeedbackStore
    feedback_recorder: FeedbackRecorder
    eraser: Eraser
    now: Callable[[], datetime]
    pubsub: PubSub = field(default_factory=PubSub)
    visitor_sessions: VisitorSessions = field(default_factory=VisitorSessions)
    places: dict[str, QueuePlace | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rates = RateLimits(self.settings.messages_per_minute)
        self.refused = RefusalLog()
        # Open sockets and long polls, by address.
        self.connection_slots = ConnectionSlots(self.settings.sockets_per_address)
        # Cached: when the bot comes or goes, every visitor's state is sent anew.
        self.contact_options: TtlCache[tuple[Customer | None, str], list[dict[str, Any]]] = TtlCache(
            lambda asked: self.responder.contact_options(*asked))
        self._refreshes: set[asyncio.Task[None]] = set()
        # Called after a conversation was erased.
        self.on_erasure: list[Callable[[Erasure], None]] = []
        self.log_writer = EventLogWriter(self.conversations)
        self.log_writer.on_commit.append(self.pubsub.publish)
        self.log_writer.on_uncertain_commit.append(self.pubsub.resync)
        # Called for a case that runs late; each returns how many agents it alerted.
        self.on_alarm: list[Callable[[Case], int]] = []
        self.case_actions = CaseActions(self.conversations, self.cases, self.log_writer, self.pubsub, self.responder)
        self.dispatcher = BotDispatcher(
            self.conversations, self.log_writer, self.pubsub, self.bot, self.responder, self.feedback_recorder,
            self._on_switch)

    async def admit(
        self, key: str | None, who: Visitor, lang: str, page: Mapping[str, Any]
    ) -> tuple[Conversation, str | None]:
        """The browser's conversation, and the key if it is new: the conversation of `key`, else the open one of a
        signed-in customer, else a new one with a greeting. Raises `StoreUnavailable`. """
        conversation = await asyncio.to_thread(self.conversations.find, hash_of(key)) if key else None
        if conversation is None or not who.may_open(conversation) or await self._gives_way(conversation, who):
            key = new_key()
            conversation = await self._another(who, lang, page, hash_of(key))
        else:
            key = None
        changed = Change(conversation.id, identity=who.identity if conversation.identity != who.identity else None,
                         context=moved(conversation, page))
        if changed.identity or changed.context:
            conversation = (await self.log_writer.write(changed)).conversation
            if not who.may_open(conversation):  # another customer signed in to it at the same moment
                return await self.admit(None, who, lang, page)
        return conversation, key

    async def _gives_way(self, conversation: Conversation, who: Visitor) -> bool:
        """True when a customer signs in to an empty conversation and has another one open: that one is continued."""
        if who.identity is None or conversation.identity is not None or conversation.asked:
            return False
        return await asyncio.to_thread(self.conversations.latest_of, who.identity.subject) is not None

    async def _another(self, who: Visitor, lang: str, page: Mapping[str, Any], key_hash: str) -> Conversation:
        new = Conversation(new_conversation_id(), Status.BOT, lang, who.identity, context=page)
        conversation = await asyncio.to_thread(self.conversations.join_or_create, new, key_hash)
        return (await self.greet(conversation, lang)).conversation if conversation.id == new.id else conversation

    async def greet(self, conversation: Conversation, lang: str) -> Changed:
        """Write the bot's greeting in the language `lang`."""
        reply = await asyncio.to_thread(self.responder.greeting, lang, conversation.identity)
        return await self.log_writer.write(
            Change(conversation.id, entries_of(reply.bubbles, lang), lang=lang, bot_state=reply.state)
        )

    async def state(self, conversation: Conversation, who: Visitor) -> Frame:
        """The `state` frame for this visitor."""
        place = await self.place(conversation)
        options = await self.contact_options.get((who.customer, conversation.lang))
        if conversation.status in WITH_PEOPLE:
            options = [option for option in options if option["type"] != "agent_queue"]
        queue = queue_json(place) if place else None
        notice = self.responder.notice(conversation.lang)
        return {
            "type": "state",
            "status": conversation.status.value,
            "lang": conversation.lang,
            "bot": "up" if self.dispatcher.bot_is_up else "down",
            "identity": who.as_json(),
            "queue": queue,
            "agent": conversation.agent.name if conversation.agent else None,
            "contact_options": options,
            **({"privacy_notice": notice} if notice else {}),
        }

    async def place(self, conversation: Conversation) -> QueuePlace | None:
        """The place in the queue as read last; `None` outside of the queue."""
        if conversation.status not in IN_QUEUE:
            self.places.pop(conversation.id, None)
            return None
        if conversation.id not in self.places:
            self.places[conversation.id] = await asyncio.to_thread(self.queue.place, conversation.id)
        return self.places[conversation.id]

    async def erase(self, conversation_id: str) -> None:
        """Erase a conversation on its visitor's request: everything but the tickets that were sent."""
        await asyncio.to_thread(self.eraser.erase, [conversation_id], (), "visitor", SYSTEM)
        self.gone(Erasure(conversation_id, self.now(), ()))

    def gone(self, erasure: Erasure) -> None:
        """Forget an erased conversation in this process, and notify its subscribers."""
        self.pubsub.resync(erasure.conversation_id)
        self.visitor_sessions.erase(erasure.conversation_id)
        self.places.pop(erasure.conversation_id, None)
        for listener in self.on_erasure:
            listener(erasure)

    def who_now(self, who: Visitor) -> Visitor:
        """`who` as of now; an expired token counts as none."""
        return who.now(time.time())

    def _on_switch(self, _up: bool) -> None:
        task = asyncio.create_task(self._refresh_all_states())
        self._refreshes.add(task)
        task.add_done_callback(self._refreshes.discard)

    async def _refresh_all_states(self) -> None:
        """Send every subscriber the state anew, in batches: a message must not wait for thousands of states."""
        for number, conversation in enumerate(self.pubsub.conversations(), 1):
            self.pubsub.refresh_state(conversation.id)
            if number % AT_ONCE == 0:
                await asyncio.sleep(AT_ONCE_SECONDS)


def moved(conversation: Conversation, page: Mapping[str, Any]) -> dict[str, Any] | None:
    """The new `context` of a visitor on `page`; `None` when it has not changed or `page` is empty."""
    told = {**{name: conversation.context[name] for name in ("timezone",) if name in conversation.context}, **page}
    return None if not page or told == conversation.context else told
