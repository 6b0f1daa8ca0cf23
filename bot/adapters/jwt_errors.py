"""Describes why a JWT is refused. A library's own message may quote the token, which must not reach the log."""

from __future__ import annotations

from typing import Any

import jwt

# The first match counts, so subclasses come before their base classes.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "it has expired"),
    (jwt.InvalidSignatureError, "the signature does not match the key"),
    (jwt.InvalidAlgorithmError, "the algorithm is not one that the key is for"),
    (jwt.InvalidKeyError, "the key can't check it"),
    (jwt.InvalidAudienceError, "`aud` names somebody else"),
    (jwt.InvalidIssuerError, "`iss` names somebody else"),
    (jwt.MissingRequiredClaimError, "a required claim is missing"),
    (jwt.ImmatureSignatureError, "`nbf` or `iat` lies in the future"),
    (jwt.InvalidIssuedAtError, "`iat` is no time"),
    (jwt.DecodeError, "it can't be read as a JWT"),
    (jwt.PyJWTError, "a claim has a wrong value"),
)


class NoJwt(jwt.DecodeError):
    """The token's header can't be read, or needs an extension."""


def why(error: Exception) -> str:
    """The reason for `error`, from a fixed set."""
    if isinstance(error, NoJwt):
        return str(error)
    return next((words for kind, words in _WORDS if isinstance(error, kind)), "it can't be read as a JWT")


def header_of(token: str) -> dict[str, Any]:
    """The unverified header of `token`. Raises `NoJwt` when it can't be read, or needs an extension (`crit`, RFC 7515,
    4.1.11), as Kilat knows none."""
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NoJwt("the header can't be read") from error
    if "crit" in header or "b64" in header:
        raise NoJwt("the header asks for an extension")
    return header
