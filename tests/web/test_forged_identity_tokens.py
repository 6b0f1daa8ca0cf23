"""No forged, expired, borrowed or replayed token opens a paid door: not by a button, over HTTP, or a second time."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient
from web_client import Plain

from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.live.gateway import Gateway
from bot.settings import Settings

PAID = "premier_plus:admin:enterprise"
HUMAN = {"text": "Bicara dengan agen", "payload": "/talk_to_human"}


def part(value: dict[str, Any]) -> str:
    """A segment of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def bad_tokens(settings: Settings) -> dict[str, str]:
    """Tokens that claim the best of plans."""
    good = sign(sample_identity(PAID), settings)
    head, body, _ = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    free = sign(sample_identity("access:member:basic:unlicensed"), settings)
    return {
        "another's secret": sign(sample_identity(PAID), replace(settings, identity_secret="x" * 48)),
        "expired": sign(sample_identity(PAID), settings, lifetime_seconds=-3600),
        "another audience": jwt.encode({**claims, "aud": "shop"}, settings.identity_secret, "HS256"),
        "not yet": jwt.encode({**claims, "nbf": time.time() + 3600}, settings.identity_secret, "HS256"),
        "without an end": jwt.encode({**claims, "exp": None}, settings.identity_secret, "HS256"),
        "without a signature": f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}.", "signature cut off": f"{head}.{body}.",
        "signature of another": f"{head}.{body}.{free.split('.')[2]}",
        "claims of another": ".".join([free.split(".")[0], body, free.split(".")[2]]),
        "another algorithm": jwt.encode(claims, settings.identity_secret, "HS384"),
        "odd plan": jwt.encode({**claims, "account": {**claims["account"], "plan": ["premier"]}},
                               settings.identity_secret, "HS256"),
        "no token at all": "premier_plus", "free": free}


KINDS = list(bad_tokens(Settings.from_environment(
    {"KILAT_IDENTITY_SECRET": "0123456789abcdef" * 3, "KILAT_STATE_DIR": "/tmp"})))


@pytest.mark.parametrize("kind", KINDS)
def test_over_a_socket(connect: Any, web_settings: Settings, gateway: Gateway, kind: str) -> None:
    """Asked for by the button, by hand, and again after coming back with the key."""
    client = connect()
    client.hello(identity_token=bad_tokens(web_settings)[kind])
    for _ in range(2):
        answer = client.ask(**HUMAN)
        assert "KLC-" not in answer["text"] and (answer.get("card") or {}).get("type") != "queue"
        state = client.hello(identity_token=bad_tokens(web_settings)[kind])["state"]
        assert (state["status"] in ("bot", "offered"), state["queue"]) == (True, None)
        assert "agent_queue" not in [option["type"] for option in state["contact_options"]]
        assert "phone" not in [option["type"] for option in state["contact_options"]]
    assert gateway.cases.open() == []


@pytest.mark.parametrize("kind", KINDS)
def test_over_http(http: TestClient, web_settings: Settings, gateway: Gateway, kind: str) -> None:
    """The other transport."""
    plain = Plain(http)
    plain.hello(identity_token=bad_tokens(web_settings)[kind])
    plain.send("say", **HUMAN)
    for _ in range(100):
        frames = plain.events(0, 0.2)
        if any(frame.get("entry", {}).get("client_id", "").startswith("re-") for frame in frames):
            break
    assert "KLC-" not in str(frames) and frames[0]["queue"] is None
    assert gateway.cases.open() == []


def test_a_token_that_has_ended_meanwhile(connect: Any, token: Any, gateway: Gateway,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """It was good when the socket was opened: what is asked for later counts as later."""
    client = connect()
    client.hello(identity_token=token(PAID))
    later = time.time() + 7200
    monkeypatch.setattr("bot.live.gateway.time.time", lambda: later)
    answer = client.ask(**HUMAN)
    assert "KLC-" not in answer["text"] and gateway.cases.open() == []


def test_a_token_after_signing_out(connect: Any, token: Any, gateway: Gateway) -> None:
    """Who has signed out in this tab is nobody, though the token would still count elsewhere."""
    client = connect()
    client.hello(identity_token=token(PAID))
    client.send("identify", identity_token=None)
    client.until("welcome")
    assert "KLC-" not in client.ask(**HUMAN)["text"]
    assert gateway.cases.open() == []


def test_the_good_one(connect: Any, token: Any, gateway: Gateway) -> None:
    """Or else all of the above could not fail."""
    client = connect()
    client.hello(identity_token=token(PAID))
    assert "KLC-" in client.ask(**HUMAN)["text"]
    assert [case.tier for case in gateway.cases.open()] == [2]
