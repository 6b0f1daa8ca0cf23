"""Sample customers for the shell, the demo and the tests: `plan:role:type[:unlicensed]`."""

from __future__ import annotations

from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer, Identity
from bot.core.errors import ConfigurationError


def sample_identity(description: str) -> Identity:
    """The identity of a customer such as `premier_plus:admin:enterprise`. Raises `ConfigurationError`."""
    plan, role, account_type, *rest = [*description.split(":"), "", ""]
    rest = [part for part in rest if part]
    if plan not in PLANS or role not in ROLES or account_type not in ACCOUNT_TYPES or rest not in ([], ["unlicensed"]):
        choices = " : ".join("|".join(names) for names in (PLANS, ROLES, ACCOUNT_TYPES))
        raise ConfigurationError(f"{description!r}: say PLAN:ROLE:TYPE, with {choices}, "
                                 "and :unlicensed at the end for somebody without a license")
    customer = Customer(plan, account_type, role, licensed=not rest)
    return Identity(f"sample-{description}", customer, "Sari", "sari@example.com")
