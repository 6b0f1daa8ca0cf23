"""A browser's session: its key, the conversation that the key opens, and the identity token of its page."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.identity_token import GRACE_SECONDS, read
from bot.core.conversation import Conversation
from bot.core.customer import Customer, Identity
from bot.core.errors import IdentityRejected
from bot.settings import Settings

logger = logging.getLogger(__name__)

MOST_SESSIONS = 50_000
# After so long without a request a browser has to say hello again.
SESSION_SECONDS = 900.0


@dataclass(frozen=True)
class Visitor:
    """The person in a browser, as the page's identity token says; without a token, anonymous."""

    identity: Identity | None = None  # verified
    until: float = 0.0  # end of the token, seconds since 1970
    problem: str | None = None  # why a token was refused
    # Whose conversations may be opened: the identity's, or a token's that expired at most `GRACE_SECONDS` ago.
    subject: str | None = None

    def now(self, clock: float) -> Visitor:
        """This visitor at the time `clock` (seconds since 1970): a visitor whose token has ended must sign in again."""
        if self.subject is None or clock < self.until:
            return self
        subject = self.subject if clock < self.until + GRACE_SECONDS else None
        return Visitor(until=self.until, problem="expired", subject=subject)

    @property
    def customer(self) -> Customer | None:
        """The verified customer; `None` for an anonymous visitor."""
        return self.identity.customer if self.identity else None

    def may_open(self, conversation: Conversation) -> bool:
        """True unless the conversation belongs to another, signed-in customer."""
        return conversation.identity is None or conversation.identity.subject == self.subject

    def as_json(self) -> dict[str, Any]:
        """The `identity` of a `state` frame."""
        if self.identity:
            name = {"name": self.identity.name} if self.identity.name else {}
            return {"status": "accepted", **name}
        return {"status": "rejected", "reason": self.problem} if self.problem else {"status": "anonymous"}

    def stamp(self) -> dict[str, Any]:
        """Fields that the log keeps with a message, so that a late answer uses the identity of that time."""
        problem = {"problem": self.problem} if self.problem else {}
        return {"verified": self.identity is not None, **problem}


def authenticate(token: str | None, settings: Settings) -> Visitor:
    """Verify an identity token. Never raises: a refused token gives a `problem`, none an anonymous visitor."""
    if not token:
        return Visitor()
    try:
        identity, until = read(token, settings)
    except IdentityRejected as error:
        # For the integrator; expired tokens come every day. The message avoids the word "token": the masking of logs
        # would hide the reason after it.
        level = logging.INFO if error.reason == "expired" else logging.WARNING
        logger.log(level, "An identity was refused (%s): %s", error.reason, error)
        return Visitor(until=error.ended_at, problem=error.reason, subject=error.subject)
    return Visitor(identity, until, subject=identity.subject)


def new_key() -> str:
    """A browser's new key: a secret of 192 bits."""
    return f"kb_{secrets.token_urlsafe(24)}"


def hash_of(key: str) -> str:
    """The stored form of a key. A plain hash is enough: 192 random bits can't be guessed."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def new_conversation_id() -> str:
    """A new id; an id alone opens no conversation."""
    return f"c_{secrets.token_hex(12)}"


@dataclass(frozen=True)
class VisitorSession:
    """A browser that has said hello."""

    conversation_id: str
    who: Visitor


class VisitorSessions:
    """Sessions of this process by hash of the key, for requests with the key alone. `clock`: seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._sessions: OrderedDict[str, tuple[VisitorSession, float]] = OrderedDict()

    def remember(self, key_hash: str, session: VisitorSession) -> None:
        """Store or prolong a session; beyond `MOST_SESSIONS` the oldest is forgotten."""
        self._sessions[key_hash] = (session, self._clock())
        self._sessions.move_to_end(key_hash)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)

    def forget(self, key_hash: str) -> None:
        """End the session of a key."""
        self._sessions.pop(key_hash, None)

    def erase(self, conversation_id: str) -> None:
        """End every session of an erased conversation."""
        sessions = tuple(self._sessions.items())
        for key_hash in [key for key, (session, _) in sessions if session.conversation_id == conversation_id]:
            self.forget(key_hash)

    def find(self, key_hash: str) -> VisitorSession | None:
        """The session of a key, with the identity as of now; `None` before `hello` and after `SESSION_SECONDS`."""
        session, heard = self._sessions.get(key_hash, (None, 0.0))
        if session is None or self._clock() - heard > SESSION_SECONDS:
            self.forget(key_hash)
            return None
        self.remember(key_hash, session)
        return replace(session, who=session.who.now(self._clock()))
