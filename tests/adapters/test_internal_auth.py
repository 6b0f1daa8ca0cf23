"""Private processes: the internal secret on every request, JSON alone, and nothing for pages of other sites."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from live_bot import LiveBot
from rasa.utils.endpoints import EndpointConfig
from waiting import wait_until

from bot.adapters.internal_auth import bearer
from bot.adapters.port_check import free_port
from bot.adapters.sample_customers import sample_identity
from bot.bootstrap import seed
from bot.ports import BotTurn
from bot.rasa_ext import remote_action
from bot.services import bot_protocol
from bot.settings import ROOT, Settings
from bot.tools.shell.action_server import action_server, command

SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a0" * 2
OPEN = bearer(SECRET)
JSON = {"Content-Type": "application/json"}
CALL = {"next_action": "action_answer", "sender_id": "forged", "domain": {}, "version": "3.6.21"}
FOREIGN_ORIGINS = ["https://evil.example", "null", "http://evil.example:{port}", "http://127.0.0.1", "", "http://[",
                   "http://localhost:8080", "file://", "chrome-extension://abc"]
TYPES = [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json",
         "text/plain; application/json", "application/jsonp", "application/json-patch+json"]


def _call(identity: str | None = "premier_plus:admin:enterprise") -> dict[str, Any]:
    """What Rasa sends for one message of somebody who claims to be a customer; nobody has verified it."""
    turn = BotTurn("forged", "m-1", "saya mau bicara dengan agen", {}, (),
                   sample_identity(identity) if identity else None)
    metadata = bot_protocol.request(turn)["metadata"]
    heard = {"event": "user", "text": turn.text, "input_channel": bot_protocol.GATEWAY, "metadata": metadata}
    message = {"text": turn.text, "intent": {"name": "talk_to_human"}, "metadata": metadata, "message_id": "m-1"}
    tracker = {
        "sender_id": "forged",
        "slots": {},
        "latest_message": message,
        "events": [heard],
        "latest_input_channel": bot_protocol.GATEWAY,
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return {**CALL, "tracker": tracker}


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real action server on a seeded database."""
    environment = {"KILAT_STATE_DIR": str(tmp_path_factory.mktemp("state")), "KILAT_INTERNAL_SECRET": SECRET}
    seed(Settings.from_environment(environment))
    with action_server(env=environment) as url:
        yield url.removesuffix("/webhook")


def test_a_forged_identity_opens_nothing(actions: str) -> None:
    """No case without the secret; with it there is one, so that this is no test of a call that means nothing."""
    body = _call()
    for headers in ({}, bearer("x"), bearer(SECRET[:-1]), bearer(SECRET + "x"), {"Authorization": SECRET},
                    {"Authorization": f"Basic {SECRET}"}, {"Authorization": ""}, {"X-Kilat-Secret": SECRET}):
        answer = httpx.post(f"{actions}/webhook", json=body, headers=headers)
        assert (answer.status_code, "open_case" in answer.text) == (401, False)
        assert httpx.post(f"{actions}/webhook?token={SECRET}", json=body, headers=headers).status_code == 401
    assert "open_case" in httpx.post(f"{actions}/webhook", json=body, headers=OPEN).text


@pytest.mark.parametrize("path", ["/health", "/actions"])
def test_every_route_of_the_action_server(actions: str, path: str) -> None:
    """Its health and its list of actions, too; a page's preflight gets nothing that allows it."""
    assert httpx.get(actions + path).status_code == 401
    assert httpx.get(actions + path, headers=OPEN).status_code == 200
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in httpx.options(actions + path, headers=preflight).headers


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/"), ("GET", "/webhook"), ("PUT", "/webhook"), ("POST", "/health"), ("POST", "/webhook/x"),
    ("POST", "/%77ebhook%2f"), ("TRACE", "/webhook"), ("FOO", "/webhook"), ("POST", "/Webhook"),
])
def test_what_the_action_server_has_not(actions: str, method: str, path: str) -> None:
    """404 in our words: neither an error of the server, which logs a traceback each, nor an echo of what was sent."""
    for headers in ({}, OPEN):
        answer = httpx.request(method, actions + path, json={"message": "echo"}, headers=headers)
        assert (answer.status_code, answer.json()) == (404, {"error": "there is nothing here"})


@pytest.mark.parametrize("media_type", TYPES)
def test_the_action_server_takes_json_alone(actions: str, media_type: str | None) -> None:
    """What a form of a foreign page can send is none, even with the secret."""
    headers = OPEN | ({"Content-Type": media_type} if media_type else {})
    answer = httpx.post(f"{actions}/webhook", content=json.dumps(_call()), headers=headers)
    assert (answer.status_code, "open_case" in answer.text) == (415, False)


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_the_action_server_and_pages(actions: str, origin: str) -> None:
    """No page asks here, whatever it carries."""
    headers = OPEN | {"Origin": origin.format(port=actions.rpartition(":")[2])}
    assert httpx.post(f"{actions}/webhook", json=_call(), headers=headers).status_code == 403


APPLICATION = """
import os, sys
from rasa.core.run import configure_app
from bot.rasa_ext.rest_channel import RestChannel
from bot.rasa_ext.gateway_channel import GatewayChannel
port, other_port, token = sys.argv[1:]
if os.fork() == 0:
    port, os.environ["KILAT_REST_TOKEN"] = other_port, token
app = configure_app([RestChannel(), GatewayChannel()], enable_api=False)
app.ctx.agent = None
app.run("127.0.0.1", int(port))
"""


class Rasa:
    """The application that `rasa run` serves, with both channels, without a model."""

    def __init__(self, port: int) -> None:
        self.port = port

    def request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """One request."""
        return httpx.request(method, f"http://127.0.0.1:{self.port}{path}", timeout=60, trust_env=False, **parts)

    def answers(self) -> bool:
        """Whether it takes requests yet."""
        with suppress(httpx.TransportError):
            return self.request("GET", "/webhooks/rest/").status_code > 0
        return False


REST_TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture(scope="module")
def rasas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rasa, Rasa]]:
    """Two for this file, the second one with a token for its REST channel. Each is in a process of its own, for Sanic
    serves but one application in each."""
    both = Rasa(free_port()), Rasa(free_port())
    environment = {**os.environ, "KILAT_STATE_DIR": str(tmp_path_factory.mktemp("rasa")),
                   "KILAT_INTERNAL_SECRET": SECRET}
    command = [sys.executable, "-c", APPLICATION, *(str(rasa.port) for rasa in both), REST_TOKEN]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        for rasa in both:
            wait_until(lambda rasa=rasa: rasa.answers() or process.poll() is not None)
        yield both
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def rasa(rasas: tuple[Rasa, Rasa]) -> Rasa:
    """The one without a token."""
    return rasas[0]


MESSAGE = {"sender": "me", "message": "halo"}


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/"), ("GET", "/webhooks/gateway/"), ("POST", "/webhooks/gateway/webhook"),
    ("PUT", "/webhooks/gateway/model"),
])
@pytest.mark.long
def test_rasa_asks_for_the_secret(rasa: Rasa, method: str, path: str) -> None:
    """On each route but those of the REST channel: health and the swap of models, too."""
    for headers in ({}, bearer("x"), {"Authorization": SECRET}):
        assert rasa.request(method, path, json={}, headers=headers).status_code == 401
    assert rasa.request(method, f"{path}?token={SECRET}", json={}).status_code == 401
    assert rasa.request(method, path, json={}, headers=OPEN).status_code != 401


@pytest.mark.parametrize(("method", "path"), [
    ("PUT", "/model"), ("DELETE", "/model"), ("POST", "/model/train"), ("POST", "/model/parse"), ("GET", "/status"),
    ("GET", "/domain"), ("GET", "/version"), ("GET", "/conversations/me/tracker"),
    ("POST", "/conversations/me/tracker/events"), ("POST", "/conversations/me/execute"), ("POST", "/model/predict"),
])
@pytest.mark.long
def test_rasas_management_is_not_there(rasa: Rasa, method: str, path: str) -> None:
    """Nobody gets at it, with the secret or without."""
    for headers in ({}, OPEN):
        answer = rasa.request(method, path, json={"model_server": {"url": "http://127.0.0.1:1/"}}, headers=headers)
        assert answer.status_code == 404


@pytest.mark.long
def test_the_rest_channel_is_open_here(rasa: Rasa) -> None:
    """As the README shows it: a program on this machine needs no secret."""
    assert rasa.request("POST", "/webhooks/rest/webhook", json=MESSAGE).status_code == 200
    assert rasa.request("GET", "/webhooks/rest/").json() == {"status": "ok"}
    with_parameters = {"Content-Type": "Application/JSON; charset=utf-8"}
    content = json.dumps(MESSAGE)
    assert rasa.request("POST", "/webhooks/rest/webhook", content=content, headers=with_parameters).status_code == 200


@pytest.mark.parametrize("media_type", TYPES)
@pytest.mark.long
def test_the_rest_channel_takes_json_alone(rasa: Rasa, media_type: str | None) -> None:
    """A page may send `text/plain` to any address without being asked."""
    headers = {"Content-Type": media_type} if media_type else {}
    answer = rasa.request("POST", "/webhooks/rest/webhook", content=json.dumps(MESSAGE), headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.long
def test_the_rest_channel_and_pages(rasa: Rasa, origin: str) -> None:
    """A foreign page gets nothing, nor one whose own name was made to lead here."""
    foreign = origin.format(port=rasa.port)
    headers = {"Origin": foreign} | ({"Host": foreign.partition("://")[2]} if "evil" in origin else {})
    assert rasa.request("POST", "/webhooks/rest/webhook", json=MESSAGE, headers=headers).status_code == 403


@pytest.mark.long
def test_the_rest_channels_own_token(rasas: tuple[Rasa, Rasa]) -> None:
    """With KILAT_REST_TOKEN only who carries that; not the internal secret, and not in an address."""
    for headers, query, status in (({}, "", 401), (OPEN, "", 401), ({}, f"?token={REST_TOKEN}", 401),
                                   (bearer(REST_TOKEN), "", 200)):
        answer = rasas[1].request("POST", f"/webhooks/rest/webhook{query}", json=MESSAGE, headers=headers)
        assert answer.status_code == status


def test_the_call_of_actions_carries_the_secret(
    live_bot: LiveBot, actions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real bot reaches a real action server, which asks for it: by no header of an endpoints file."""
    endpoint = EndpointConfig(f"{actions}/webhook")
    monkeypatch.setattr(live_bot.agent.processor, "action_endpoint", endpoint)
    for secret, is_answered in ((SECRET, True), ("x" * 32, False)):
        monkeypatch.setattr(remote_action, "_secret", lambda secret=secret: secret)
        endpoint.headers = {}
        assert ("120427732" in live_bot.say(f"private-{secret}", "nomor telepon Jepang").text) is is_answered


def test_the_command_line_of_the_action_server_names_no_secret() -> None:
    """It takes its settings from the environment."""
    environment = {**os.environ, "KILAT_INTERNAL_SECRET": SECRET}
    with subprocess.Popen(command(free_port()), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        assert SECRET not in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.kill()
