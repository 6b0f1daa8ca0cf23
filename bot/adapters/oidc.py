"""Sign-in by an identity provider: OpenID Connect, authorization code with PKCE. The ID token is verified here:
signature, issuer, audience, nonce, age."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import jwt

from bot.adapters.jwt_errors import header_of, why
from bot.core.errors import KilatError
from bot.core.logins import as_login

# Signatures by a private key only: HS256 would use a secret that Kilat knows, too.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
LEEWAY_SECONDS = 60
PATIENCE_SECONDS = 10.0
# Bytes of one answer of the provider.
LARGEST_ANSWER = 262_144
# Error codes of RFC 6749 and OpenID Connect. Other texts may be forged, and are not logged.
_REFUSALS = frozenset({
    "access_denied", "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type",
    "account_selection_required", "consent_required", "interaction_required", "login_required",
})
# How long the provider's addresses and keys are cached; keys for less time when a token names an unknown one.
KEPT_SECONDS = 3600.0
KEYS_ANEW_SECONDS = 30.0
_DISCOVERY = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignInRefused(KilatError):
    """The sign-in failed; the message says why, for the log."""


class ProviderUnavailable(KilatError):
    """The provider did not answer; try again later."""


@dataclass(frozen=True)
class OidcSettings:
    """The provider, and Kilat's client there."""

    issuer: str  # the provider's address
    client_id: str
    client_secret: str = field(repr=False)
    roles_claim: str | None = None  # the claim with an agent's role; `None`: Kilat decides the role


@dataclass(frozen=True)
class PendingSignIn:
    """A sign-in under way."""

    url: str  # where to send the browser
    state: str  # must come back with the browser
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class Person:
    """A person who has signed in at the provider."""

    subject: str  # permanent and unique among all providers
    email: str  # verified
    roles: tuple[str, ...] | None  # by the provider's names; `None`: Kilat decides


class Provider:
    """One identity provider."""

    def __init__(self, settings: OidcSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._found: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, jwt.PyJWKSet] | None = None

    async def begin(self, redirect_uri: str) -> PendingSignIn:
        """Begin a sign-in. Raises `ProviderUnavailable`."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._settings.client_id, "redirect_uri": redirect_uri,
            "scope": "openid email", "state": state, "nonce": nonce, "code_challenge": digest,
            "code_challenge_method": "S256"}
        address = (await self._discovered())["authorization_endpoint"]
        url = f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
        return PendingSignIn(url, state, nonce, verifier, redirect_uri)

    async def finish(self, begun: PendingSignIn, code: str, issuer: str | None = None) -> Person:
        """The person of the authorization `code`. `issuer` is the code's issuer (RFC 9207), if the browser brought one.
        Raises `SignInRefused` or `ProviderUnavailable`."""
        if issuer is not None and issuer != self._settings.issuer:
            raise SignInRefused("the code is of another provider (iss)")
        answer = await self._exchange(begun, code)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInRefused("the provider sent no ID token")
        try:
            claims = jwt.decode(
                token, await self._key(token), algorithms=list(ALGORITHMS), audience=self._settings.client_id,
                issuer=self._settings.issuer, leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]})
        except (jwt.PyJWTError, ValueError, OverflowError, RecursionError) as error:
            raise SignInRefused(f"the ID token is not accepted: {why(error)}") from error
        return self._person(claims, begun.nonce)

    def _person(self, claims: Mapping[str, Any], nonce: str) -> Person:
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
            raise SignInRefused("the ID token is of another sign-in (nonce)")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._settings.client_id:
            raise SignInRefused("the ID token was made for another client (azp)")
        subject, email = claims["sub"], claims.get("email")
        if not subject or not isinstance(email, str) or claims.get("email_verified") is not True:
            raise SignInRefused("the ID token has no verified e-mail address (email, email_verified)")
        if as_login(email) is None:
            raise SignInRefused("the e-mail address of the ID token is none in ASCII")
        # Another provider may use the same `sub` for another person.
        whole = hashlib.sha256(f"{self._settings.issuer}\n{subject}".encode()).hexdigest()
        return Person(whole, email, self._roles(claims))

    def _roles(self, claims: Mapping[str, Any]) -> tuple[str, ...] | None:
        if self._settings.roles_claim is None:
            return None
        roles = claims.get(self._settings.roles_claim, ())
        return tuple(str(role) for role in (roles if isinstance(roles, list) else [roles]))

    async def _exchange(self, begun: PendingSignIn, code: str) -> Mapping[str, Any]:
        found = await self._discovered()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": begun.redirect_uri,
                "code_verifier": begun.verifier}
        client = (self._settings.client_id, self._settings.client_secret)
        if "client_secret_basic" in found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            # RFC 6749, 2.3.1: both are form-encoded first.
            auth: Any = httpx.BasicAuth(*(quote(part, safe="") for part in client))
        else:
            auth, form = None, {**form, "client_id": client[0], "client_secret": client[1]}
        return await self._ask("POST", found["token_endpoint"], data=form, auth=auth)

    async def _key(self, token: str) -> Any:
        """The provider's key that `token` names. Reads the keys again for an unknown one."""
        key_id = header_of(token).get("kid")
        for read_anew in (False, True):
            for key in (await self._key_set(read_anew)).keys:
                if key.public_key_use in (None, "sig") and key_id in (None, key.key_id):
                    return key.key
        raise SignInRefused("the ID token names a key that the provider does not have")

    async def _key_set(self, read_anew: bool) -> jwt.PyJWKSet:
        age = self._clock() - self._keys[0] if self._keys else KEPT_SECONDS
        if self._keys is None or age >= (KEYS_ANEW_SECONDS if read_anew else KEPT_SECONDS):
            raw = await self._ask("GET", (await self._discovered())["jwks_uri"])
            try:
                self._keys = self._clock(), jwt.PyJWKSet.from_dict(dict(raw))
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
                raise ProviderUnavailable(f"the provider's keys can't be read: {type(error).__name__}") from error
        return self._keys[1]

    async def _discovered(self) -> Mapping[str, Any]:
        if self._found is None or self._clock() - self._found[0] >= KEPT_SECONDS:
            found = await self._ask("GET", self._settings.issuer.rstrip("/") + _DISCOVERY)
            if found.get("issuer") != self._settings.issuer:
                says = str(found.get("issuer"))[:200]
                raise ProviderUnavailable(
                    f"KILAT_OIDC_ISSUER is {self._settings.issuer}, but the provider says {says!r}")
            if missing := [name for name in _ENDPOINTS if not isinstance(found.get(name), str)]:
                raise ProviderUnavailable(f"the provider does not tell its {', '.join(missing)}")
            self._found = self._clock(), found
        return self._found[1]

    async def _ask(self, method: str, url: str, **more: Any) -> Mapping[str, Any]:
        """The JSON object of an answer, of `LARGEST_ANSWER` bytes at most, within `PATIENCE_SECONDS`. Raises
        `SignInRefused` for a status 4xx, else `ProviderUnavailable`."""
        try:
            status, raw = await asyncio.wait_for(self._answer(method, url, **more), PATIENCE_SECONDS)
            body = json.loads(raw)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError, asyncio.TimeoutError) as error:
            raise ProviderUnavailable(f"the identity provider did not answer: {type(error).__name__}") from error
        if 400 <= status < 500 and isinstance(body, dict):
            raise SignInRefused(f"the provider refused the sign-in: {refusal(body.get('error'))}")
        if status != 200 or not isinstance(body, dict):
            raise ProviderUnavailable(f"the identity provider answered with status {status}")
        return body

    async def _answer(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        """(status, body). Raises `ValueError` for a body that is too large."""
        headers, raw = {"Accept": "application/json"}, bytearray()
        async with (httpx.AsyncClient(timeout=PATIENCE_SECONDS, headers=headers) as client,
                    client.stream(method, url, **more) as answer):
            async for chunk in answer.aiter_bytes():
                raw += chunk
                if len(raw) > LARGEST_ANSWER:
                    raise ValueError("the answer is too large")
        return answer.status_code, bytes(raw)


def refusal(error: object) -> str:
    """The name of an OAuth error for the log; unknown texts are not quoted."""
    return str(error) if isinstance(error, str) and error in _REFUSALS else "an unknown error"
