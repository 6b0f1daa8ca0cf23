"""Why a JWT is not accepted, in words of our own: a library's message may quote the token, and a log is no place for
what a stranger wrote."""

from __future__ import annotations

from typing import Any

import jwt

# The first that fits; a class comes before those that it derives from.
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
    """A token whose header can't be read, or asks for what nobody here does."""


def why(error: Exception) -> str:
    """The reason for `error`, from a fixed set."""
    if isinstance(error, NoJwt):
        return str(error)
    return next((words for kind, words in _WORDS if isinstance(error, kind)), "it can't be read as a JWT")


def header_of(token: str) -> dict[str, Any]:
    """The header of `token`, not verified. `NoJwt` when it is none, and for `crit`: an extension that must be
    understood (RFC 7515, 4.1.11), and none is."""
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NoJwt("the header can't be read") from error
    if "crit" in header or "b64" in header:
        raise NoJwt("the header asks for an extension")
    return header
