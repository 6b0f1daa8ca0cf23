"""Who a browser is: its key, which conversation that opens, and the identity that its page vouches for."""

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

MOST_VISITS = 50_000
# A browser that was not heard of for so long says hello again: until then its key opens what it opened then.
VISIT_SECONDS = 900.0


@dataclass(frozen=True)
class Visitor:
    """The verified identity, when its token ends or has ended (seconds since 1970), and why a token was refused.

    `subject` is whose conversation may be opened: the identity's, or that of a token which has merely expired, and not
    longer than `GRACE_SECONDS` ago.
    """

    identity: Identity | None = None
    until: float = 0.0
    problem: str | None = None
    subject: str | None = None

    def now(self, clock: float) -> Visitor:
        """This person at the time `clock`: a token that ends leaves somebody who has to sign in again."""
        if self.subject is None or clock < self.until:
            return self
        subject = self.subject if clock < self.until + GRACE_SECONDS else None
        return Visitor(until=self.until, problem="expired", subject=subject)

    @property
    def customer(self) -> Customer | None:
        """The customer to decide about; `None` for somebody anonymous."""
        return self.identity.customer if self.identity else None

    def may_open(self, conversation: Conversation) -> bool:
        """A conversation that a signed-in customer has used is theirs alone."""
        return conversation.identity is None or conversation.identity.subject == self.subject

    def as_json(self) -> dict[str, Any]:
        """The `identity` of a `state` frame."""
        if self.identity:
            name = {"name": self.identity.name} if self.identity.name else {}
            return {"status": "accepted", **name}
        return {"status": "rejected", "reason": self.problem} if self.problem else {"status": "anonymous"}

    def stamp(self) -> dict[str, Any]:
        """What the log keeps with a message, so that it is answered later as it would have been then."""
        problem = {"problem": self.problem} if self.problem else {}
        return {"verified": self.identity is not None, **problem}


def authenticate(token: str | None, settings: Settings) -> Visitor:
    """Verify an identity token; without one, somebody anonymous."""
    if not token:
        return Visitor()
    try:
        identity, until = read(token, settings)
    except IdentityRejected as error:
        # For the integrator; visitors come back with old tokens every day. After the word "token" the masking of logs
        # would take the reason for one.
        level = logging.INFO if error.reason == "expired" else logging.WARNING
        logger.log(level, "An identity was refused (%s): %s", error.reason, error)
        return Visitor(until=error.ended_at, problem=error.reason, subject=error.subject)
    return Visitor(identity, until, subject=identity.subject)


def new_key() -> str:
    """A secret of 192 bits."""
    return f"kb_{secrets.token_urlsafe(24)}"


def hash_of(key: str) -> str:
    """What the gateway keeps of a key. A plain hash is enough: nobody guesses 192 bits."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def new_conversation_id() -> str:
    """A name that opens nothing."""
    return f"c_{secrets.token_hex(12)}"


@dataclass(frozen=True)
class VisitorSession:
    """A browser that has said hello: its conversation, and who it is."""

    conversation_id: str
    who: Visitor


class VisitorSessions:
    """The browsers that have said hello to this process, for the requests that carry the key alone."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._visits: OrderedDict[str, tuple[VisitorSession, float]] = OrderedDict()

    def remember(self, key_hash: str, visit: VisitorSession) -> None:
        """The browser has said hello, or is there still."""
        self._visits[key_hash] = (visit, self._clock())
        self._visits.move_to_end(key_hash)
        if len(self._visits) > MOST_VISITS:
            self._visits.popitem(last=False)

    def forget(self, key_hash: str) -> None:
        """Its key opens nothing any more."""
        self._visits.pop(key_hash, None)

    def erase(self, conversation_id: str) -> None:
        """The conversation is no more, and its keys open nothing."""
        for key_hash in [key for key, (visit, _) in self._visits.items() if visit.conversation_id == conversation_id]:
            self.forget(key_hash)

    def find(self, key_hash: str) -> VisitorSession | None:
        """What is known of it; `None` before it has said hello, and when that is long ago."""
        visit, heard = self._visits.get(key_hash, (None, 0.0))
        if visit is None or self._clock() - heard > VISIT_SECONDS:
            self.forget(key_hash)
            return None
        self.remember(key_hash, visit)
        return replace(visit, who=visit.who.now(self._clock()))
