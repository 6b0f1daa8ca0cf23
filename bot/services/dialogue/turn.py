"""What comes in: a message as the NLU understood it, with the visitor's identity if one was verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.customer import Customer, Identity

INCIDENTS = {"incident_p1": "p1", "incident_p2": "p2", "incident_p3": "p3", "incident_p4": "p4"}


@dataclass(frozen=True)
class Turn:
    """`ranking` maps intents to probabilities; `entities` are (kind, value) in the order of the text.

    `identity_problem` is the reason why an identity token was refused; `history` the visitor's earlier messages.
    `cards` is true for a client that shows cards and forms; `is_question` where `bot.services.answer` has the answer.
    """

    conversation_id: str
    text: str
    intent: str
    ranking: Mapping[str, float] = field(default_factory=dict)
    entities: tuple[tuple[str, str], ...] = ()
    identity: Identity | None = None
    identity_problem: str | None = None
    history: tuple[str, ...] = ()
    message_id: str = ""
    cards: bool = False
    is_question: bool = False

    def values(self, kind: str) -> tuple[str, ...]:
        """The different values of `kind`, in the order of the text."""
        return tuple(dict.fromkeys(value for found, value in self.entities if found == kind))

    def value(self, kind: str) -> str | None:
        """The first value of `kind`, or `None`."""
        return next(iter(self.values(kind)), None)

    @property
    def customer(self) -> Customer:
        """The customer that the message describes; a kind with several values stays open."""
        licensed = self.values("licensed")
        return Customer(
            plan=_single(self.values("plan")),
            account_type=_single(self.values("account_type")),
            role=_single(self.values("role")),
            licensed=None if len(licensed) != 1 else licensed[0] == "yes",
            paid=True if self.values("paid") else None,
        )

    @property
    def severity(self) -> tuple[str, float] | None:
        """The likeliest incident level and the probability mass of that level, when there is any to speak of."""
        masses = {level: self.ranking.get(intent, 0.0) for intent, level in INCIDENTS.items()}
        level = max(masses, key=lambda key: masses[key])
        return (level, masses[level]) if masses[level] >= 0.01 else None


def _single(values: tuple[str, ...]) -> str | None:
    return values[0] if len(values) == 1 else None
