"""Who may see and do what: by token and by key, over sockets and plain HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient
from web_client import SECRETS, FakeBot, Plain

from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.live.gateway import Gateway
from bot.live.visitor_sessions import authenticate
from bot.settings import Settings

OWNER = "premier:admin:business"
OTHER = "access:member:pro"
HERS = "rahasia pemilik"


def intruder(kind: str, token: Any, settings: Settings) -> str | None:
    """A token that does not open the owner's conversation."""
    if kind == "none":
        return None
    if kind == "forged":
        return sign(sample_identity(OWNER), replace(settings, identity_secret="x" * 48))
    return str(token(OTHER, lifetime_seconds=-60 if kind == "another's, expired" else 3600))


INTRUDERS = pytest.mark.parametrize("kind", ["none", "forged", "another's", "another's, expired"])


@pytest.fixture
def owner(connect: Any, token: Any) -> Any:
    """A signed-in customer who has said something."""
    client = connect()
    client.hello(identity_token=token(OWNER))
    client.ask(HERS)
    return client


def with_token(value: str | None) -> dict[str, str]:
    """Fields of a `hello`."""
    return {"identity_token": value} if value else {}


@INTRUDERS
def test_nobody_else_opens_it(connect: Any, owner: Any, token: Any, web_settings: Settings, kind: str,
                              http: TestClient) -> None:
    """The key alone, or with a wrong token: another conversation, another key, and nothing of the first."""
    other = connect(owner.key)
    welcome = other.hello(after=1, **with_token(intruder(kind, token, web_settings)))
    assert welcome["key"] not in (None, owner.key)
    other.send("history", before=100)
    other.until("history")
    owner.ask("lagi")
    other.news()
    assert HERS not in str(other.seen) and "lagi" not in str(other.seen)
    assert Plain(http, owner.key).events()[0]["code"] == "no_session"


@INTRUDERS
def test_nobody_else_opens_it_over_http(http: TestClient, owner: Any, token: Any, web_settings: Settings,
                                        kind: str) -> None:
    """The old key is good for nothing then, whatever is asked with it; the new one shows nothing of it."""
    other = Plain(http, owner.key)
    file = http.post("/v1/files?client_id=6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01", content=b"GIF89a" + bytes(30),
                     headers=other.headers).json()["frames"][0]
    assert file["type"] == "ack"
    entry = next(frame["entry"] for frame in other.events(3) if frame.get("entry", {}).get("kind") == "file")
    assert other.hello(**with_token(intruder(kind, token, web_settings)))["key"] == other.key != owner.key
    paths = ["/v1/events", "/v1/transcript", f"/v1/files/{entry['file']['id']}"]
    answers = [http.get(path, headers=Plain(http, owner.key).headers) for path in paths]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert all(HERS not in http.get(path, headers=other.headers).text for path in paths)
    assert http.get(paths[2], headers=other.headers).status_code == 404
    assert Plain(http, owner.key).send("history", before=9)[0]["code"] == "no_session"
    assert HERS not in str(other.send("history", before=9))


def test_the_key_alone_opens_nothing_after_a_restart(http: TestClient, owner: Any, gateway: Gateway) -> None:
    """The gateway forgets who has said hello; the badge shows a number, no more."""
    gateway.visitor_sessions.forget(next(iter(gateway.visitor_sessions._sessions)))
    alone = Plain(http, owner.key)
    for path in ("/v1/events", "/v1/transcript", "/v1/files/f_0123456789abcdef"):
        assert http.get(path, headers=alone.headers).json()["frames"][0]["code"] == "no_session"
    assert http.get("/v1/unread", headers=alone.headers).json() == {"unread": 2}


def test_an_expired_token_reads_and_counts_as_nobody(connect: Any, owner: Any, token: Any, fake_bot: FakeBot) -> None:
    """The owner's conversation opens; no paid door does, until a fresh token comes."""
    late = connect(owner.key)
    welcome = late.hello(identity_token=token(OWNER, lifetime_seconds=-60))
    assert "key" not in welcome and HERS in str(welcome["entries"])
    assert welcome["state"]["identity"] == {"status": "rejected", "reason": "expired"}
    assert "agent_queue" not in [option["type"] for option in welcome["state"]["contact_options"]]
    late.ask("masih saya")
    assert (fake_bot.turns[-1].identity, fake_bot.turns[-1].identity_problem) == (None, "expired")
    card = late.ask("Bicara dengan manusia", payload="/talk_to_human").get("card") or {}
    assert card.get("type") != "queue"
    late.send("identify", identity_token=token(OWNER))
    assert late.until("welcome")["state"]["contact_options"][0]["type"] == "agent_queue"
    assert late.ask("Bicara dengan manusia", payload="/talk_to_human")["card"]["type"] == "queue"


def test_an_expired_token_finds_no_conversation(connect: Any, owner: Any, token: Any) -> None:
    """Without the key it is nobody's."""
    welcome = connect().hello(identity_token=token(OWNER, lifetime_seconds=-60))
    assert welcome["key"] and HERS not in str(welcome)


@pytest.mark.parametrize("over", ["socket", "http"])
def test_a_token_that_expired_long_ago(connect: Any, owner: Any, token: Any, http: TestClient, over: str) -> None:
    """The key of its conversation opens it no more; a fresh token does."""
    old = {"identity_token": token(OWNER, lifetime_seconds=-115 * 24 * 3600)}
    late = connect(owner.key) if over == "socket" else Plain(http, owner.key)
    welcome = late.hello(**old)
    assert welcome["key"] != owner.key and HERS not in str(welcome)
    assert welcome["state"]["identity"] == {"status": "rejected", "reason": "expired"}
    assert HERS in str(connect(owner.key).hello(identity_token=token(OWNER)))


def test_a_token_ended_long_ago_while_the_socket_is_open(owner: Any, http: TestClient,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab that was left open for days shows no more of the conversation, nor takes anything for it."""
    monkeypatch.setattr("bot.live.gateway.time", SimpleNamespace(time=lambda: time.time() + 100 * 3600))
    owner.send("say", text="masih di sini")
    assert owner.until("error")["code"] == "no_session"
    owner.send("ping")
    assert owner.until("error")["code"] == "no_session"
    owner.send("history", before=9)
    assert owner.until("error")["code"] == "no_session"


def test_a_hostile_token_is_not_logged(connect: Any, web_settings: Settings, log: Any) -> None:
    """The log says why in words of its own."""
    _, _, rest = sign(sample_identity(OWNER), web_settings).partition(".")
    for crit in ("a" * 4000, "hunter2@example.com", "x\nERROR root: all is lost"):
        odd = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "crit": [crit]}).encode()).decode().rstrip("=")
        welcome = connect().hello(identity_token=f"{odd}.{rest}")
        assert welcome["state"]["identity"]["reason"] == "malformed"
    lines = [line for line in log.getvalue().splitlines() if "refused" in line or "lost" in line]
    assert len(lines) == 3 and all(len(line) < 200 and "hunter" not in line and "aaa" not in line for line in lines)


def test_a_token_ends_while_the_socket_is_open(owner: Any, fake_bot: FakeBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next ping tells; what is said then is nobody's."""
    owner.ask("sebelum")
    assert fake_bot.turns[-1].identity is not None
    monkeypatch.setattr("bot.live.gateway.time", SimpleNamespace(time=lambda: time.time() + 4000))
    owner.send("ping")
    state = owner.until("state", identity={"status": "rejected", "reason": "expired"})
    assert "agent_queue" not in [option["type"] for option in state["contact_options"]]
    owner.ask("sesudah")
    assert (fake_bot.turns[-1].identity, fake_bot.turns[-1].identity_problem) == (None, "expired")


@pytest.mark.parametrize("kind", ["none", "another's"])
def test_signing_out(connect: Any, owner: Any, token: Any, web_settings: Settings, kind: str) -> None:
    """Another conversation begins on the same line; the first waits for its owner."""
    begin = len(owner.seen)
    owner.send("identify", identity_token=intruder(kind, token, web_settings))
    welcome = owner.until("welcome")
    assert welcome["key"] not in (None, owner.key) and HERS not in str(owner.seen[begin:])
    assert HERS in str(connect(owner.key).hello(identity_token=token(OWNER)))


def test_another_browser_finds_it(connect: Any, owner: Any, token: Any) -> None:
    """With a key of its own, for the same conversation."""
    phone = connect()
    welcome = phone.hello(identity_token=token(OWNER))
    assert welcome["key"] != owner.key and HERS in str(welcome["entries"])
    phone.ask("dari ponsel")
    assert owner.until("entry", text="heard: dari ponsel")


def test_two_browsers_at_the_same_moment(gateway: Gateway, token: Any, http: TestClient) -> None:
    """One conversation with one greeting, and a key for each."""
    who = authenticate(token(OWNER), gateway.settings)

    async def many() -> list[Any]:
        return list(await asyncio.gather(*(gateway.admit(None, who, "id", {}) for _ in range(6))))

    admitted = http.portal.call(many)  # type: ignore[union-attr]
    SECRETS.update(key for _, key in admitted)
    assert len({conversation.id for conversation, _ in admitted}) == 1 and len({key for _, key in admitted}) == 6
    assert len(gateway.conversations.entries(admitted[0][0].id)) == 1


def test_signed_in_from_another_tab(connect: Any, token: Any) -> None:
    """A tab that has no token loses the conversation that has become a customer's, and begins anew."""
    tab, signed_in = connect(), connect()
    tab.hello()
    tab.ask("sebelum masuk")
    signed_in.key = tab.key
    signed_in.hello(identity_token=token(OWNER))
    assert tab.until("error")["code"] == "no_session"
    begin = len(tab.seen)
    signed_in.ask(HERS)
    tab.send("say", text="masih di sini")
    assert tab.until("error")["code"] == "no_session"
    assert tab.hello()["key"] not in (None, signed_in.key)
    assert HERS not in str(tab.seen[begin:])


def test_another_plan(connect: Any, owner: Any, token: Any, fake_bot: FakeBot, web_settings: Settings) -> None:
    """The newest token counts, in all tabs."""
    poorer = replace(sample_identity("access:member:basic:unlicensed"), subject=sample_identity(OWNER).subject)
    other = connect(owner.key)
    options = other.hello(identity_token=sign(poorer, web_settings))["state"]["contact_options"]
    assert "agent_queue" not in [option["type"] for option in options]
    other.ask("paket baru")
    assert fake_bot.turns[-1].identity == poorer
    owner.ask("paket lama")
    assert fake_bot.turns[-1].identity == poorer


def test_two_customers_at_the_same_moment(gateway: Gateway, connect: Any, token: Any, http: TestClient) -> None:
    """One owns the conversation, the other gets another."""
    client = connect()
    client.hello()
    client.ask("siapa cepat")
    people = [authenticate(token(kind), gateway.settings) for kind in (OWNER, OTHER)]

    async def both() -> list[Any]:
        return list(await asyncio.gather(*(gateway.admit(client.key, who, "id", {}) for who in people)))

    (first, key), (second, other_key) = http.portal.call(both)  # type: ignore[union-attr]
    assert first.id != second.id and {key is None, other_key is None} == {True, False}
    SECRETS.update({key or "", other_key or ""})
    assert [conversation.identity for conversation in (first, second)] == [who.identity for who in people]


@pytest.mark.parametrize(("claims", "status"), [
    ({"sub": "a\x00b"}, "rejected"), ({"sub": "x" * 300}, "rejected"), ({"sub": "\ud800"}, "rejected"),
    ({"name": "\ud800\x00Ada", "email": "\ud800"}, "accepted"), ({"aud": "other", "exp": 1}, "rejected")])
def test_odd_claims(connect: Any, web_settings: Settings, claims: dict[str, Any], status: str) -> None:
    """Signed, and yet nothing to break on: refused or made harmless, and the conversation goes on."""
    account = {"type": "business", "plan": "premier", "role": "admin", "licensed": True}
    good = {"sub": "user-9", "aud": "kilat", "exp": int(time.time()) + 60, "account": account}
    client = connect()
    odd = jwt.encode({**good, **claims}, web_settings.identity_secret, algorithm="HS256")
    assert client.hello(identity_token=odd)["state"]["identity"]["status"] == status
    assert client.ask("tetap jalan")["text"] == "heard: tetap jalan"


def test_tokens_and_keys_are_nowhere(connect: Any, owner: Any, token: Any, web_settings: Settings, tmp_path: Path,
                                     http: TestClient) -> None:
    """Not in the database, not in a frame but the welcome's; `conftest.log` looks into the logs of every test."""
    forged = str(intruder("forged", token, web_settings))
    tokens = [token(OWNER), token(OWNER, lifetime_seconds=-60), forged]
    page = {"url": f"https://help.example.com/a?token={tokens[0]}#{tokens[1]}", "title": "Bantuan"}
    for value in tokens:
        client = connect(owner.key)
        client.hello(identity_token=value, page=page)
        client.ask("halo")
        assert value not in str(client.seen)
        assert client.key not in str([frame for frame in client.seen if frame["type"] != "welcome"])
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("web.db*"))
    assert b"https://help.example.com/a" in stored
    assert [value for value in SECRETS | set(tokens) if "@" not in value and value.encode() in stored] == []
