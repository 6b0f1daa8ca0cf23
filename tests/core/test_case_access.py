"""Who sees and takes which case: the rule, as a table."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.core.case_access import fits, may_see, may_take


@dataclass(frozen=True)
class Person:
    """An agent of tier 1 who speaks Indonesian."""

    id: str = "me"
    role: str = "agent"
    tiers: tuple[int, ...] = (1,)
    languages: tuple[str, ...] = ("id",)


@dataclass(frozen=True)
class Matter:
    """A case."""

    tier: int = 1
    language: str = "id"
    agent: str | None = None
    reserved_for: str | None = None


@pytest.mark.parametrize(("matter", "sees", "takes"), [
    (Matter(), True, True), (Matter(tier=2), False, False), (Matter(language="en"), False, False),
    (Matter(tier=2, language="en"), False, False), (Matter(agent="other"), True, True),
    (Matter(tier=2, agent="other"), False, False), (Matter(tier=2, agent="me"), True, False),
    (Matter(language="en", agent="me"), True, False), (Matter(reserved_for="other"), True, False),
    (Matter(tier=2, reserved_for="other"), False, False), (Matter(tier=2, reserved_for="me"), True, True),
    (Matter(language="en", reserved_for="me"), True, True)])
def test_the_rule(matter: Matter, sees: bool, takes: bool) -> None:
    """An agent: their tiers and languages, their own, what is kept for them. A lead and an admin: all."""
    assert (may_see(Person(), matter), may_take(Person(), matter), fits(Person(), matter)) == (sees, takes, takes)
    for role in ("lead", "admin"):
        assert may_see(Person(role=role), matter) and may_take(Person(role=role), matter)
