"""Who asks: plan, account type, role and licence, each perhaps unknown; and the identity that vouches for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import product

PLANS = ("access", "premier", "premier_plus")
ACCOUNT_TYPES = ("basic", "pro", "business", "enterprise", "education", "api")
ROLES = ("owner", "admin", "member")


@dataclass(frozen=True)
class Customer:
    """What is known of a customer; `None` means unknown.

    `paid` is set alone when somebody speaks of "a paid account" without its type.
    """

    plan: str | None = None
    account_type: str | None = None
    role: str | None = None
    licensed: bool | None = None
    paid: bool | None = None

    def __bool__(self) -> bool:
        """True when anything at all is known."""
        return any(getattr(self, field.name) is not None for field in fields(self))

    def merged_with(self, newer: Customer) -> Customer:
        """This customer with every value that `newer` knows taken from it."""
        known = {f.name: v for f in fields(newer) if (v := getattr(newer, f.name)) is not None}
        if "account_type" in known and "paid" not in known:
            known["paid"] = None
        if known.get("paid") is not None and "account_type" not in known:
            known["account_type"] = None
        return replace(self, **known)

    def completions(self) -> Iterator[Customer]:
        """Every fully known customer that agrees with what is known of this one."""
        types = [self.account_type] if self.account_type else list(ACCOUNT_TYPES)
        if self.paid is not None and not self.account_type:
            types = [t for t in types if (t != "basic") == self.paid]
        plans = [self.plan] if self.plan else list(PLANS)
        roles = [self.role] if self.role else list(ROLES)
        licences = [self.licensed] if self.licensed is not None else [True, False]
        for plan, account_type, role, licensed in product(plans, types, roles, licences):
            if account_type == "basic" and not self.is_odd and (plan != "access" or licensed):
                continue
            yield Customer(plan, account_type, role, licensed)

    @property
    def is_odd(self) -> bool:
        """True for a free account said to have a paid plan or a licence: taken at its word, not completed away."""
        return self.account_type == "basic" and (self.plan not in (None, "access") or self.licensed is True)


@dataclass(frozen=True)
class Identity:
    """The claims of a verified identity token (see `bot.adapters.identity_token`); never the token itself."""

    subject: str
    customer: Customer
    name: str | None = None
    email: str | None = None
