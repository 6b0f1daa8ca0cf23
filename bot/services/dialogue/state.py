"""What a conversation remembers between turns. Rasa keeps it in slots of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bot.core.customer import Customer
from bot.languages import LANGUAGES


@dataclass(frozen=True)
class State:
    """`topic` is the intent answered last and `asked` the text that asked it; `discussed` is the customer that was
    spoken of, `claims` what the visitor said of themselves (it informs answers and opens no door). `form` is the
    ticket or triage form under way or laid aside; `fallback_count` is the number of messages in a row that were not
    understood, `files` what the visitor has sent of late."""

    language: str = LANGUAGES[0]
    topic: str | None = None
    asked: str = ""
    discussed: Customer = Customer()
    claims: Customer = Customer()
    countries: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    incident: str | None = None
    form: dict[str, Any] | None = None
    fallback_count: int = 0
    route: str | None = None
    files: int = 0

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> State:
        """Read the slots; a missing or foreign value is its default."""
        return cls(
            language=slots.get("language") or LANGUAGES[0],
            topic=slots.get("topic"),
            asked=slots.get("asked") or "",
            discussed=_customer(slots.get("discussed")),
            claims=_customer(slots.get("claims")),
            countries=tuple(slots.get("countries") or ()),
            priorities=tuple(slots.get("priorities") or ()),
            incident=slots.get("incident"),
            form=slots.get("form"),
            fallback_count=read_fallback_count(slots),
            route=slots.get("route"),
            files=int(slots.get("files") or 0),
        )

    @property
    def active_form(self) -> dict[str, Any] | None:
        """The form that waits for an answer; `None` while it is laid aside for a person."""
        return None if self.form is None or self.form.get("paused") else self.form

    def changes(self, newer: State) -> dict[str, Any]:
        """The slots that `newer` changes, as plain JSON values."""
        before, after = self.slots(), newer.slots()
        return {name: value for name, value in after.items() if before[name] != value}

    def with_values(self, **values: Any) -> State:
        """A copy with `values` replaced."""
        return replace(self, **values)

    def slots(self) -> dict[str, Any]:
        """All slots, as plain JSON values."""
        return {
            **{f.name: getattr(self, f.name) for f in fields(self)},
            "discussed": asdict(self.discussed),
            "claims": asdict(self.claims),
            "countries": list(self.countries),
            "priorities": list(self.priorities),
        }


def read_fallback_count(slots: Mapping[str, Any]) -> int:
    """The fallbacks in a row of a stored state; in an older one the key is `misses`."""
    return int(slots.get("fallback_count", slots.get("misses")) or 0)


def _customer(value: Any) -> Customer:
    return Customer(**value) if isinstance(value, dict) else Customer()
