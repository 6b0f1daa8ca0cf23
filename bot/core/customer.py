"""A customer's plan, account type, role and licence, each known or unknown; and the verified identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import product

PLANS = ("access", "premier", "premier_plus")
ACCOUNT_TYPES = ("basic", "pro", "business", "enterprise", "education", "api")
ROLES = ("owner", "admin", "member")


@dataclass(frozen=True)
class Customer:
    """The known properties of a customer; `None`: unknown."""

    plan: str | None = None
    account_type: str | None = None
    role: str | None = None
    licensed: bool | None = None
    paid: bool | None = None  # set only for "a paid account" whose type is unknown

    def __bool__(self) -> bool:
        """True when anything at all is known."""
        return any(getattr(self, field.name) is not None for field in fields(self))

    def merged_with(self, newer: Customer) -> Customer:
        """A copy in which the known values of `newer` replace this customer's."""
        known = {f.name: v for f in fields(newer) if (v := getattr(newer, f.name)) is not None}
        if "account_type" in known and "paid" not in known:
            known["paid"] = None
        if known.get("paid") is not None and "account_type" not in known:
            known["account_type"] = None
        return replace(self, **known)

    def completions(self) -> Iterator[Customer]:
        """All fully known customers that are consistent with this one."""
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
        """True for a free account with a paid plan or a licence. `completions` keeps the contradiction as stated."""
        return self.account_type == "basic" and (self.plan not in (None, "access") or self.licensed is True)


@dataclass(frozen=True)
class Identity:
    """The claims of a verified identity token (`bot.adapters.identity_token`), without the token."""

    subject: str
    customer: Customer
    name: str | None = None
    email: str | None = None
