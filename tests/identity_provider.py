"""A small OpenID Connect provider over real HTTP, which signs in whoever it is told to; and one that lies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from server_in_thread import ThreadServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "kilat", "a secret: with signs/+"
KEYS = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("one", "two")}


@dataclass
class IdentityProvider:
    """Lets in whoever `claims` describes. `lies` replaces claims of ID tokens; `key_id` and `signs_with` are the keys
    that it names and uses (bytes: a secret); `published` those in its JWKS; `down` makes it fail. `padding`: so many
    bytes more in each answer."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {
        "sub": "u-1", "email": "sari@example.com", "email_verified": True})
    lies: dict[str, Any] = field(default_factory=dict)
    says_issuer: str | None = None
    algorithm: str = "RS256"
    key_id: str = "one"
    signs_with: Any = None
    published: tuple[str, ...] = ("one",)
    methods: tuple[str, ...] = ("client_secret_basic",)
    down: bool = False
    padding: int = 0
    tokens: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, url: str) -> dict[str, str]:
        """What a browser that opens `url` brings back, after its person has signed in here."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def routes(self) -> list[Route]:
        """Discovery, keys and tokens."""
        return [
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/authorize", self._authorize),
            Route("/keys", self._keys),
            Route("/token", self._token, methods=["POST"]),
        ]

    def _configuration(self, _request: Request) -> Response:
        self.asked.append("configuration")
        if self.down:
            return Response("down", 503)
        return JSONResponse({
            "issuer": self.says_issuer or self.issuer, "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": list(self.methods), "padding": "x" * self.padding,
        })

    def _authorize(self, request: Request) -> Response:
        """Lets everybody in at once."""
        back = urlencode(self.sign_in(str(request.url)))
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{back}")

    def _keys(self, _request: Request) -> Response:
        self.asked.append("keys")
        keys = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[name].public_key())), "kid": name, "use": "sig"}
            for name in self.published
        ]
        return JSONResponse({"keys": keys})

    async def _token(self, request: Request) -> Response:
        """Each code once, for the client that asked for it, with the verifier of its challenge."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _encoded(digest)
        if self._client(request, form) != (CLIENT, SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        if (asked is None or asked["code_challenge"] != challenge or form["redirect_uri"] != asked["redirect_uri"]
                or form["grant_type"] != "authorization_code"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                  **self.claims, **self.lies}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self._signed(claims)
        self.tokens.append(token)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token,
                             "padding": "x" * self.padding})

    def _signed(self, claims: dict[str, Any]) -> str:
        if isinstance(self.signs_with, bytes):  # which PyJWT would refuse: a public key as a secret
            parts = ({"alg": "HS256", "kid": self.key_id}, claims)
            signed = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
            return f"{signed}.{_encoded(hmac.digest(self.signs_with, signed.encode(), 'sha256'))}"
        key = KEYS[self.key_id] if self.signs_with is None else self.signs_with
        return jwt.encode(claims, key, self.algorithm, {"kid": self.key_id})

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if self.methods == ("client_secret_basic",) and scheme == "Basic":
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
            return unquote(name), unquote(secret)
        return form.get("client_id", ""), form.get("client_secret", "")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """A provider that listens on a free port of this machine."""
    provider = IdentityProvider()
    config = uvicorn.Config(Starlette(routes=provider.routes()), port=0, ws="none", log_config=None, lifespan="off")
    server = ThreadServer(config)
    server.begin()
    provider.issuer = server.url
    yield provider
    server.leave()
