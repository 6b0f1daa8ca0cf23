"""Shows a visitor's client its conversation: each entry once and without a gap, and the current state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.core.conversation import Conversation, Entry
from bot.live.frames import PROTOCOL, Frame, FrameError, LastSeen, at_json, dump, entry_json
from bot.live.gateway import FILE_TYPES, Gateway
from bot.live.log_follower import LogFollower
from bot.live.visitor_sessions import Visitor
from bot.ports import Conversations

PAGE = 50
GONE = "the conversation is not there any more"
# A client that has missed more entries gets the newest page instead.
MOST_MISSED = 500
RETRY_SECONDS = 2
ENDED = "the identity token has ended"
TAKEN = "the conversation belongs to somebody who has signed in"


class VisitorSubscription:
    """A `Subscriber`. `push` takes a frame's text and must not block. Without `live` (HTTP) only the client's own
    changes are shown. `now` is the current conversation, `None` before `open` and after `close`; `who` is the visitor.
    """

    def __init__(self, gateway: Gateway, push: Callable[[str], None], *, live: bool = True) -> None:
        self.now: Conversation | None = None
        self.who = Visitor()
        self._gateway = gateway
        self._push = push
        self._live = live
        self._shown = Visitor()
        # Entries that arrive while the `welcome` is made; they are sent after it.
        self._held: list[tuple[int, str]] | None = None
        self._last = 0
        self._entries = LogFollower("A visitor's entries", self._read_news, lambda _: RETRY_SECONDS)
        self._state = LogFollower("A visitor's state", self._show_state, lambda _: RETRY_SECONDS)

    async def open(self, conversation: Conversation, who: Visitor, after: LastSeen, key: str | None) -> None:
        """Send a `welcome` (with a new `key`), then follow `conversation`. Closed again on an error: `FrameError`,
        `StoreUnavailable`."""
        self.close()
        self.now, self.who, self._held = conversation, who, []
        self._entries.hold()
        self._state.hold()
        if self._live:
            self._gateway.pubsub.subscribe(conversation.id, self)
        try:
            await self._welcome(conversation, after, key)
        except BaseException:
            self.close()
            raise
        finally:
            self._held = None
        self._state.release()
        self._entries.release()

    def close(self) -> None:
        """Follow the conversation no more."""
        if self._live and self.now:
            self._gateway.pubsub.unsubscribe(self.now.id, self)
        self._entries.close()
        self._state.close()
        self.now = None

    def send(self, frame: Frame) -> None:
        """Send a frame to this client alone."""
        self._push(dump(frame))

    def wrote(self, conversation: Conversation) -> None:
        """The conversation after this client's own change; a live subscription gets it from `PubSub`."""
        if not self._live:
            self.now = conversation

    def on_conversation_change(self, conversation: Conversation) -> None:
        """See `Subscriber`. When another customer has signed in to the conversation, this client must begin anew."""
        before, self.now = self.now, conversation
        if conversation.last_seq < self._last:
            # The change is older than the welcome, or an older backup was restored.
            self.resync()
        if not self.who.may_open(conversation):
            self.close()
            if self._held is None:
                self.send(FrameError("no_session", TAKEN).frame())
        elif before is None or _shown_in_state(before) != _shown_in_state(conversation):
            self.on_state_change()
        if before is not None and before.read != conversation.read:
            self.on_transient(dump({"type": "read", "seq": conversation.read}))

    def on_entry(self, seq: int, frame: str) -> None:
        """See `Subscriber`."""
        if self._held is not None:
            self._held.append((seq, frame))
        elif seq > self._last + 1:
            self.resync()
        elif seq > self._last:
            self._last = seq
            self._push(frame)

    def on_transient(self, frame: str) -> None:
        """See `Subscriber`."""
        if self._held is None:
            self._push(frame)

    def resync(self) -> None:
        """See `Subscriber`."""
        if self.now:
            self._entries.wake()

    def on_state_change(self) -> None:
        """See `Subscriber`. States are sent one after the other, the newest last."""
        if self.now and self._live:
            self._state.wake()

    def show_who(self) -> None:
        """Send the state if the token has ended meanwhile; end the session when its grace period is over, too."""
        who = self._gateway.who_now(self.who)
        if self.now and not who.may_open(self.now):
            self.close()
            self.send(FrameError("no_session", ENDED).frame())
        elif self.now and who != self._shown:
            self.on_state_change()

    async def answer_state(self) -> None:
        """Send the state as the answer to a frame."""
        if self._live:
            self.on_state_change()
        else:
            await self._send_state()

    async def _send_state(self) -> None:
        assert self.now is not None, "asked of an open subscription"
        self._shown = self._gateway.who_now(self.who)
        state = await self._gateway.state(self.now, self._shown)
        if self.now is not None:
            self.send(state)

    async def _show_state(self) -> None:
        await asyncio.sleep(0)  # the acknowledgement of the change goes first
        if self.now is not None:
            await self._send_state()

    async def _read_news(self) -> None:
        """Show the entries after the last one shown."""
        if self.now is None:
            return
        conversations, conversation_id, last = self._gateway.conversations, self.now.id, self._last
        conversation = await asyncio.to_thread(conversations.get, conversation_id)
        entries = await asyncio.to_thread(
            conversations.entries, conversation_id, after=last, before=last + MOST_MISSED)
        if self.now is None:
            return
        # Entries that were published meanwhile may be newer than what was read.
        if conversation is None or conversation.last_seq < last:
            self._reject(conversation)
            return
        if conversation.last_seq > self.now.last_seq:
            self.on_conversation_change(conversation)
        for entry in entries if self.now else ():
            self.on_entry(entry.seq, dump({"type": "entry", "entry": entry_json(entry)}))
        if entries and self._last < conversation.last_seq:
            self.resync()

    def _reject(self, conversation: Conversation | None) -> None:
        """The log was restored or deleted: it is not the one that this client has seen. The client begins anew."""
        self.close()
        code, detail = ("unknown_key", GONE) if conversation is None else ("no_session", "the log was restored")
        self.send(FrameError(code, detail).frame())

    async def _welcome(self, conversation: Conversation, after: LastSeen, key: str | None) -> None:
        gateway, settings = self._gateway, self._gateway.settings
        read, entries, more = await asyncio.to_thread(self._read, conversation.id, after)
        if self.now is conversation:
            self.now = read
        gateway.pubsub.seed(read)
        self._shown = gateway.who_now(self.who)
        state = await gateway.state(self.now or read, self._shown)
        if self.now is None or not self.who.may_open(self.now):
            raise FrameError("no_session", TAKEN)
        self._last = entries[-1].seq if entries else read.last_seq
        self.send({
            "type": "welcome", "protocol": PROTOCOL, "conversation": conversation.id, **({"key": key} if key else {}),
            "state": state, "entries": [entry_json(entry) for entry in entries], "more": more, "read": read.read,
            "limits": {"text": settings.max_message_length, "file_bytes": settings.max_file_bytes,
                       "file_types": list(FILE_TYPES)},
        })
        held, self._held = self._held or (), None
        for seq, frame in held:
            self.on_entry(seq, frame)

    def _read(self, conversation_id: str, after: LastSeen) -> tuple[Conversation, list[Entry], bool]:
        conversation = self._gateway.conversations.get(conversation_id)
        if conversation is None:
            raise FrameError("unknown_key", GONE)
        return conversation, *missed(self._gateway.conversations, conversation_id, after)


def missed(conversations: Conversations, conversation_id: str, after: LastSeen) -> tuple[list[Entry], bool]:
    """The entries after the last one that a client has seen, and whether older ones were left out. The newest `PAGE`
    instead for a client that has seen none, has missed `MOST_MISSED`, or has seen an entry that this log lacks."""
    if after.seq and _is_there(conversations, conversation_id, after):
        entries = conversations.entries(conversation_id, after=after.seq, limit=MOST_MISSED)
        if len(entries) < MOST_MISSED:
            return entries, False
    newest = conversations.entries(conversation_id, limit=PAGE)
    return newest, bool(newest) and newest[0].seq > 1


def _shown_in_state(conversation: Conversation) -> tuple[object, ...]:
    return conversation.status, conversation.lang, conversation.identity


def _is_there(conversations: Conversations, conversation_id: str, seen: LastSeen) -> bool:
    found = conversations.entries(conversation_id, after=seen.seq - 1, before=seen.seq + 1, limit=1)
    return bool(found) and seen.at in (None, at_json(found[0].at))
