"""The gateway's channel: who may enter, what comes back, and 503 whenever there is no answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from live_bot import LiveBot
from rasa.core.channels.channel import UserMessage
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic
from server_in_thread import ThreadServer
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.adapters.internal_auth import bearer
from bot.adapters.port_check import free_port
from bot.adapters.rasa_client import RasaBot
from bot.adapters.sample_customers import sample_identity
from bot.core.answer import Bubble, Button
from bot.core.customer import Identity
from bot.core.effects import OpenCase, OpenTicket
from bot.core.feedback import Understanding
from bot.ports import BotReply, BotTurn
from bot.rasa_ext.gateway_channel import GatewayChannel
from bot.services import bot_protocol
from bot.services.dialogue.state import State
from bot.tools.sandbox.local_bot import run

SECRET = "0123456789abcdef" * 3
BUBBLE = Bubble("Halo!", (Button("Nomor telepon", "/phone_number"),), {"type": "links", "links": []})
TURN = BotTurn("c-1", "m-1", "halo", {"language": "id"}, ("hai",))
QUESTION = "Berapa nomor telepon dukungan di Jepang?"

LOADED = SimpleNamespace(model_path="/models/20260101-000000-aaaaaaaa.tar.gz")

Handler = Callable[[UserMessage], Awaitable[Any]]


async def _never(_message: UserMessage) -> None:
    raise AssertionError("nobody should get in")


class Rasa:
    """A real server with the channel, and whatever takes its messages."""

    def __init__(self) -> None:
        self.handler: Handler = _never
        self.port = free_port()
        self.app = Sanic("gateway-channel", configure_logging=False)
        self.app.blueprint(GatewayChannel().blueprint(lambda message: self.handler(message)),
                           url_prefix="/webhooks/gateway")

    async def start(self) -> None:
        """Listen until the process ends."""
        server = await self.app.create_server("127.0.0.1", self.port, access_log=False, return_asyncio_server=True)
        await server.startup()

    def post(self, body: Any, secret: str | None = SECRET) -> httpx.Response:
        """A message, with any body at all: bytes go as they are."""
        headers = {b"Authorization": f"Bearer {secret}".encode("latin-1")} if secret is not None else {}
        headers[b"Content-Type"] = b"application/json"
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self._request("POST", "/webhooks/gateway/webhook", content=content, headers=headers)

    def put_model(self, body: Any, secret: str = SECRET) -> httpx.Response:
        """The wish for another model."""
        return self._request("PUT", "/webhooks/gateway/model", json=body, headers={"Authorization": f"Bearer {secret}"})

    def health(self) -> httpx.Response:
        """Its health."""
        return self._request("GET", "/webhooks/gateway/", headers=bearer(SECRET))

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
                return await client.request(method, f"http://127.0.0.1:{self.port}{path}", **parts)

        answer: httpx.Response = run(send())
        return answer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Rasa:
    """One for this file, with a secret known to the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KILAT_INTERNAL_SECRET", SECRET)
        patch.setenv("KILAT_STATE_DIR", str(tmp_path_factory.mktemp("gateway")))
        patch.setenv("KILAT_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        rasa = Rasa()
    run(rasa.start())
    return rasa


@pytest.fixture
def rasa(server: Rasa) -> Rasa:
    """The server without a model, that expects no message."""
    server.handler, server.app.ctx.agent = _never, None
    return server


def _saying(*messages: dict[str, Any]) -> Handler:
    """A Rasa that says this: texts, or custom JSON under `custom`."""

    async def handle(message: UserMessage) -> None:
        for said in messages:
            if "custom" in said:
                await message.output_channel.send_custom_json(message.sender_id, said["custom"])
            else:
                await message.output_channel.send_text_message(message.sender_id, said["text"])

    return handle


def test_the_gateway_gives_up(rasa: Rasa) -> None:
    """Its connection is gone: what Rasa was to do for it is cancelled, and not done for nobody."""
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def long(_message: UserMessage) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def main() -> None:
        bot = RasaBot(f"http://127.0.0.1:{rasa.port}", SECRET)
        asking = asyncio.create_task(bot.reply(TURN))
        await begun.wait()
        asking.cancel()
        await cancelled.wait()
        await bot.close()

    rasa.handler = long
    run(main())


@pytest.mark.parametrize("secret", [None, "x", SECRET[:-1], SECRET + "0", SECRET.upper(), "ÿ"])
def test_without_the_secret(rasa: Rasa, secret: str | None) -> None:
    """401, and Rasa hears nothing of it."""
    assert rasa.post(bot_protocol.request(TURN), secret).status_code == 401


@pytest.mark.parametrize("body", [
    b"{broken", b"", [], "halo", None, {"sender": "c", "message": "halo", "message_id": "m"},
    {"sender": "c", "message": "halo", "message_id": "m", "metadata": {}},
    {"sender": "c", "message": "halo", "message_id": "m", "metadata": {"gateway": True}},
    {"sender": "c", "message": "halo", "metadata": {"gateway": {"state": {}, "history": []}}},
    {"sender": "c", "message": " ", "message_id": "m", "metadata": {"gateway": {"state": {}, "history": []}}},
    {"sender": 5, "message": "halo", "message_id": "m", "metadata": {"gateway": {"state": {}, "history": []}}},
], ids=lambda body: repr(body)[:60])
def test_bad_bodies(rasa: Rasa, body: Any) -> None:
    """A 400 that says what is missing."""
    answer = rasa.post(body)
    assert answer.status_code == 400 and answer.json()["error"]


def test_what_rasa_gets(rasa: Rasa) -> None:
    """The message with its id, its conversation and its metadata, and nothing of the secret."""
    heard: list[UserMessage] = []

    async def listen(message: UserMessage) -> None:
        heard.append(message)

    rasa.handler = listen
    rasa.post(bot_protocol.request(TURN))
    message = heard[0]
    assert (message.sender_id, message.text, message.message_id) == ("c-1", "halo", "m-1")
    assert message.input_channel == "gateway"
    assert message.metadata == {"gateway": {"state": {"language": "id"}, "history": ["hai"]}}


def test_a_reply(rasa: Rasa) -> None:
    """Bubbles and state come back as they were said."""
    said = {bot_protocol.CUSTOM: bot_protocol.reply_to_json([BUBBLE, Bubble("Apa lagi?")], {"topic": "greet"})}
    rasa.handler = _saying({"custom": said})
    answer = rasa.post(bot_protocol.request(TURN))
    assert answer.status_code == 200
    assert bot_protocol.reply_from_json(answer.json()) == BotReply((BUBBLE, Bubble("Apa lagi?")), {"topic": "greet"})


def test_which_model_has_understood(rasa: Rasa) -> None:
    """The channel names it, where a message was understood."""
    processor = SimpleNamespace(model_path=Path("models/20261124-abc.tar.gz"))
    rasa.app.ctx.agent = SimpleNamespace(is_ready=lambda: True, processor=processor)
    said = [bot_protocol.reply_to_json([BUBBLE], {}, understood) for understood in (Understanding("greet"), None)]
    models = []
    for reply in said:
        rasa.handler = _saying({"custom": {bot_protocol.CUSTOM: reply}})
        understood = bot_protocol.reply_from_json(rasa.post(bot_protocol.request(TURN)).json()).understood
        models.append(understood and understood.model)
    assert models == ["20261124-abc", None]


@pytest.mark.parametrize("messages", [
    [], [{"text": "Maaf, ada gangguan."}], [{"custom": {"kilat": dict(bot_protocol.UNAVAILABLE)}}],
    [{"custom": {"kilat": {"bubbles": [], "state": {}}}}], [{"custom": {}}], [{"custom": {"other": 1}}]], ids=repr)
def test_no_answer(rasa: Rasa, messages: list[dict[str, Any]]) -> None:
    """503: a sentence of trouble is no answer, for the gateway can ask again."""
    rasa.handler = _saying(*messages)
    answer = rasa.post(bot_protocol.request(TURN))
    assert answer.status_code == 503 and answer.json()["error"]


def test_something_breaks(rasa: Rasa) -> None:
    """503, without a trace of the machinery."""
    async def fail(_message: UserMessage) -> None:
        raise RuntimeError("the lock is broken")

    rasa.handler = fail
    answer = rasa.post(bot_protocol.request(TURN))
    assert answer.status_code == 503 and "lock" not in answer.text


@pytest.mark.parametrize("ready", [None, False, True])
def test_health_of_a_bot_that_would_not_answer(rasa: Rasa, ready: bool | None) -> None:
    """No model, or nobody at the action server's port."""
    endpoint = EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook")
    if ready is not None:
        rasa.app.ctx.agent = SimpleNamespace(is_ready=lambda: ready, action_endpoint=endpoint, processor=LOADED)
    assert rasa.health().status_code == 503


def test_health_names_the_model_and_its_folder(rasa: Rasa) -> None:
    """By the folder, `kilat` tells this checkout's bot from another's; without a model, too."""
    answer = rasa.health().json()
    assert answer["model"] is None and Path(answer["models"]).name.startswith("models")


def test_another_model_needs_the_secret(rasa: Rasa) -> None:
    """And a version that is there; else 4xx with a reason, and what is loaded stays."""
    rasa.app.ctx.agent = SimpleNamespace(is_ready=lambda: True, processor=LOADED)
    version = {"version": "20261124-151005-8e25cd90"}
    assert rasa.put_model(version, secret="x").status_code == 401
    for body in ([], {}, {"version": 5}):
        assert rasa.put_model(body).status_code == 400
    answer = rasa.put_model(version)
    assert answer.status_code == 409 and "there is no model" in answer.json()["error"]
    assert rasa.app.ctx.agent.processor is LOADED
    assert rasa.put_model({"version": "20260101-000000-aaaaaaaa"}).json() == {"model": "20260101-000000-aaaaaaaa"}


class Gateway:
    """What the gateway does: it keeps the state and the history, and sends both with each message."""

    def __init__(self, rasa: Rasa, identity: Identity | None = None) -> None:
        self._rasa, self._identity = rasa, identity
        self.state: dict[str, Any] = {}
        self.history: tuple[str, ...] = ()
        self._count = 0

    def turn(self, conversation_id: str, text: str) -> BotTurn:
        """The next message, with an id of its own."""
        self._count += 1
        return BotTurn(
            conversation_id, f"{conversation_id}-m{self._count}", text, self.state, self.history, self._identity)

    def send(self, turn: BotTurn) -> BotReply:
        """The real bot's reply; remembers nothing."""
        answer = self._rasa.post(bot_protocol.request(turn))
        assert answer.status_code == 200, answer.text
        return bot_protocol.reply_from_json(answer.json())

    def say(self, conversation_id: str, text: str) -> str:
        """The whole reply as one text; what the bot remembers is kept."""
        reply = self.send(self.turn(conversation_id, text))
        self.state, self.history = dict(reply.state), (*self.history, text)
        return "\n".join(bubble.text for bubble in reply.bubbles)


@pytest.fixture
def live(rasa: Rasa, live_bot: LiveBot) -> Rasa:
    """The server with the real bot."""
    rasa.handler, rasa.app.ctx.agent = live_bot.agent.handle_message, live_bot.agent
    return rasa


@pytest.fixture
def gateway(live: Rasa) -> Gateway:
    """An anonymous visitor's gateway in front of the real bot."""
    return Gateway(live)


def test_health_of_a_bot_that_answers(live: Rasa, monkeypatch: pytest.MonkeyPatch) -> None:
    """200: its model is loaded, and its action server is well."""
    well = Starlette(routes=[Route("/health", lambda _request: PlainTextResponse("well"))])
    server = ThreadServer(uvicorn.Config(well, port=0, log_config=None, lifespan="off", ws="none"))
    server.begin()
    monkeypatch.setattr(live.app.ctx.agent, "action_endpoint", EndpointConfig(f"{server.url}/webhook"))
    assert live.health().status_code == 200
    server.leave()
    assert live.health().status_code == 503


def test_a_question(gateway: Gateway) -> None:
    """Text, buttons and the state that was reached, all slots of it."""
    reply = gateway.send(gateway.turn("gw-question", QUESTION))
    assert "120427732" in reply.bubbles[0].text
    assert reply.bubbles[0].buttons[0].payload == "/phone_access"
    assert set(reply.state) == set(State().slots())
    assert (reply.state["topic"], reply.state["countries"]) == ("phone_number", ["JP"])
    assert reply.understood is not None and reply.understood.intent == "phone_number"
    assert reply.understood.ranking[0][0] == "phone_number" and 0 < reply.understood.margin <= 1
    assert reply.understood.model


def test_rasa_need_remember_nothing(gateway: Gateway) -> None:
    """A follow-up is understood by the state that comes with it, though Rasa has never heard of the conversation."""
    gateway.say("gw-before", QUESTION)
    assert "800.94.64.64" in gateway.say("gw-never-seen", "kalau Prancis?")


def test_what_rasa_remembers_counts_for_nothing(gateway: Gateway) -> None:
    """The gateway's state alone: without it, the same conversation begins anew."""
    gateway.say("gw-forget", QUESTION)
    gateway.state = {}
    reply = gateway.send(gateway.turn("gw-forget", "ulangi"))
    assert "120427732" not in reply.bubbles[0].text


def test_the_language_of_the_message_wins(gateway: Gateway) -> None:
    """And where the message can't tell, the conversation's language stays."""
    gateway.state = State(language="id").slots()
    assert "Jepang" not in gateway.say("gw-language", "What is the support phone number in Japan?")
    assert gateway.state["language"] == "en"
    assert "France" in gateway.say("gw-language", "France?")
    gateway.say("gw-language", "makasih ya, sudah jelas")
    assert gateway.state["language"] == "id"


def test_the_form_comes_whole(gateway: Gateway) -> None:
    """Behind the gateway there is a client that shows cards."""
    reply = gateway.send(gateway.turn("gw-form", "buat tiket"))
    assert [(bubble.card or {}).get("type") for bubble in reply.bubbles] == ["ticket_form"]
    assert reply.state["form"] is None


def test_the_same_message_twice(gateway: Gateway) -> None:
    """The same reply: the gateway may ask again whenever it did not hear the answer."""
    gateway.say("gw-twice", "bantu tentukan prioritas")
    turn = gateway.turn("gw-twice", "mati total")
    first, second = gateway.send(turn), gateway.send(turn)
    assert "P1" in first.bubbles[0].text and first.state["incident"] == "p1"
    assert second == first


def test_the_same_ticket_twice(gateway: Gateway) -> None:
    """One ticket, for a form that was begun in chat before."""
    form = {"kind": "ticket", "key": "gw-ticket:m0", "subject": "Audio", "description": "Putus-putus",
            "email": "sari@example.com", "priority": "p3", "proposed": "p3", "asked": "confirm"}
    gateway.state = State(form=form).slots()
    turn = gateway.turn("gw-ticket", "ya kirim")
    first, second = gateway.send(turn), gateway.send(turn)
    effect = first.bubbles[0].effect
    assert isinstance(effect, OpenTicket) and effect.draft.key == "gw-ticket:m0" and first.state["form"] is None
    assert second == first


def test_what_a_message_begins_has_its_key(gateway: Gateway) -> None:
    """The same message again begins the same, by its id."""
    begin = gateway.turn("gw-begin", "bantu tentukan prioritas")
    assert gateway.send(begin).state["form"]["key"] == gateway.send(begin).state["form"]["key"]


def test_an_identity(live: Rasa) -> None:
    """The claims that the gateway verified open the queue; sent again, the effect is the same."""
    gateway = Gateway(live, sample_identity("premier:admin:business"))
    turn = gateway.turn("gw-identity", "saya mau bicara dengan agen")
    first, second = gateway.send(turn), gateway.send(turn)
    assert first.state["route"] == second.state["route"] == "agent_queue_tier2"
    effects = [reply.bubbles[0].effect for reply in (first, second)]
    assert isinstance(effects[0], OpenCase) and effects[0].case_file.identity == turn.identity
    assert effects[0] == effects[1]
