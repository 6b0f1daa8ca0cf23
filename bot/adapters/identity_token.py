"""Verifies identity tokens: JWTs that the help center's server signs."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt

from bot.adapters.jwt_errors import header_of, why
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer, Identity
from bot.core.errors import ConfigurationError, IdentityRejected
from bot.settings import Settings

LEEWAY_SECONDS = 30
# Characters; a longer token is refused unread.
LARGEST_TOKEN = 8192
# For this long after its end, a token still opens its owner's conversation, together with the key: for visitors who
# come back to a page that was open overnight.
GRACE_SECONDS = 24 * 3600
# Characters of claims; longer values are invalid.
LONGEST_SUBJECT = 255
LONGEST_NAME = 200
LONGEST_EMAIL = 320


def verify(token: object, settings: Settings) -> Identity:
    """The identity in `token`. Raises `IdentityRejected`. The algorithm is HS256 with `KILAT_IDENTITY_SECRET`; RS256 or
    ES256 when `KILAT_IDENTITY_JWKS` names a JWKS file."""
    return read(token, settings)[0]


def read(token: object, settings: Settings) -> tuple[Identity, float]:
    """The identity in `token`, and the token's end in seconds since 1970. See `verify`."""
    if not isinstance(token, str):
        raise IdentityRejected("malformed", "it must be a string")
    if len(token) > LARGEST_TOKEN:
        raise IdentityRejected("malformed", f"it has more than {LARGEST_TOKEN} characters")
    try:
        claims = _decode(token, settings)
        return _identity(claims), _end(claims)
    except jwt.ExpiredSignatureError as error:
        raise _expired(token, settings, error) from error
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError) as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> IdentityRejected:
    reason = "claims"
    if isinstance(error, (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError, jwt.InvalidKeyError)):
        reason = "signature"
    elif isinstance(error, jwt.DecodeError) or not isinstance(error, jwt.PyJWTError):
        reason = "malformed"
    return IdentityRejected(reason, why(error))


def _expired(token: str, settings: Settings, error: Exception) -> IdentityRejected:
    """The refusal of an expired token; it names the owner if the token is valid otherwise."""
    subject, end = None, 0.0
    try:
        claims = _decode(token, settings, verify_exp=False)
        subject, end = _identity(claims).subject, _end(claims)
    except (jwt.PyJWTError, ValueError, OverflowError, IdentityRejected):
        pass
    if time.time() >= end + GRACE_SECONDS:
        subject = None
    return IdentityRejected("expired", why(error), subject, end)


def _end(claims: dict[str, Any]) -> float:
    return float(claims["exp"]) + LEEWAY_SECONDS


def sign(identity: Identity, settings: Settings, *, lifetime_seconds: int = 3600) -> str:
    """A token for `identity`, for the shell and the tests."""
    now = int(time.time())
    customer = identity.customer
    account = {"type": customer.account_type, "plan": customer.plan, "role": customer.role,
               "licensed": customer.licensed}
    claims = {"sub": identity.subject, "name": identity.name, "email": identity.email, "account": account,
              "aud": settings.identity_audience, "iat": now, "exp": now + lifetime_seconds}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, settings.identity_secret, algorithm="HS256")


def check_keys(settings: Settings) -> None:
    """Read the JWKS file, if there is one. Raises `ConfigurationError`."""
    if settings.identity_jwks is not None:
        _jwks(settings.identity_jwks)


def _decode(token: str, settings: Settings, *, verify_exp: bool = True) -> dict[str, Any]:
    key, algorithms = _key(token, settings)
    return jwt.decode(
        token, key, algorithms=algorithms, audience=settings.identity_audience, leeway=LEEWAY_SECONDS,
        options={"require": ["sub", "aud", "exp"], "verify_exp": verify_exp})


def _key(token: str, settings: Settings) -> tuple[Any, list[str]]:
    header = header_of(token)
    if settings.identity_jwks is None:
        return settings.identity_secret, ["HS256"]
    key_id = header.get("kid")
    for candidate in _jwks(settings.identity_jwks).keys:
        if key_id is None or candidate.key_id == key_id:
            return candidate.key, ["ES256" if candidate.key_type == "EC" else "RS256"]
    raise IdentityRejected("signature", "the identity token names a key that the JWKS file does not have")


@lru_cache(maxsize=1)
def _jwks(path: Path) -> jwt.PyJWKSet:
    try:
        return jwt.PyJWKSet.from_dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise ConfigurationError(f"KILAT_IDENTITY_JWKS: {path} is no JWKS file: {error}") from error


def _identity(claims: dict[str, Any]) -> Identity:
    account = claims.get("account")
    if not isinstance(account, dict):
        raise IdentityRejected("claims", "it has no `account`")
    licensed = account.get("licensed")
    if not isinstance(licensed, bool):
        raise IdentityRejected("claims", "`account.licensed` must be true or false")
    customer = Customer(
        plan=_one_of(account, "plan", PLANS), account_type=_one_of(account, "type", ACCOUNT_TYPES),
        role=_one_of(account, "role", ROLES), licensed=licensed)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise IdentityRejected("claims", f"`sub` must be a text of 1 to {LONGEST_SUBJECT} printable characters")
    return Identity(subject, customer, _text(claims, "name", LONGEST_NAME), _text(claims, "email", LONGEST_EMAIL))


def _one_of(account: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = account.get(name)
    if value not in allowed:
        raise IdentityRejected("claims", f"`account.{name}` must be one of {', '.join(allowed)}")
    return str(value)


def _text(claims: dict[str, Any], name: str, longest: int) -> str | None:
    """The printable part of a claim; `None` when it is missing, empty or too long."""
    value = claims.get(name)
    shown = "".join(filter(str.isprintable, value)).strip() if isinstance(value, str) else ""
    return shown if 0 < len(shown) <= longest else None
