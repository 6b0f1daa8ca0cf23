"""The inspector on a real port, in a thread, with a bot that knows a few questions and needs no model."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from waiting import wait_until

from bot.ports import BotReply, BotTurn
from bot.settings import Settings
from bot.tools.inspector.command import InspectorServer, MakeBot, inspector, server_config
from bot.tools.sandbox.local_bot import LocalBot
from bot.tools.sandbox.recorded_app import RecordedApp
from bot.tools.sandbox.session import Who
from bot.tools.scenarios.scenario import Expected, Scenario, Step

NUMBER, PERSON, PLANS = "nomor telepon jepang?", "saya mau bicara dengan agen", "bandingkan paket"
PRIORITIES = "apa saja prioritasnya?"
INTENTS = {
    NUMBER: "phone_number", PERSON: "talk_to_human", PLANS: "plan_compare", PRIORITIES: "priority_overview"}
CUSTOMER = "premier:admin:business"
TALK = Scenario("a talk with people", (
    Step(NUMBER, expected=Expected(has=("negara",))), Step(PERSON), Step("", "Sari", "take"),
    Step("Halo, saya Sari.", "Sari", "say"), Step("", "Sari", "give_back"), Step(PLANS),
), CUSTOMER, path=Path("talk.yml"))


class StandIn(LocalBot):
    """Understands the keys of `INTENTS`, and answers them as the gateway answers a button."""

    def __init__(self, app: RecordedApp) -> None:
        super().__init__(Path(), app)

    @property
    def agent(self) -> Any:
        """There is no model to wait for."""
        return None

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        intent = INTENTS.get(turn.text, "fallback")
        ranked = [{"name": intent, "confidence": 0.9}, {"name": "greet", "confidence": 0.1}]
        near = {"text": "nomor telp jepang", "intent": intent, "similarity": 0.84}
        self.app.recorder.parsed({"intent": ranked[0], "intent_ranking": ranked, "reason": {"nearest": [near]},
                                  "entities": [{"entity": "country", "value": "JP"}]})
        return self.app.responder.answer(replace(turn, text=f"/{intent}"))


class Inspected:
    """A client of the inspector: its page, and a widget."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, headers={"origin": url}, timeout=60)

    @property
    def is_there(self) -> bool:
        """True when it answers."""
        try:
            return self.http.get("/inspect").is_success
        except httpx.TransportError:
            return False

    def news(self, after: int = 0, epoch: int = 0) -> dict[str, Any]:
        """What is new."""
        found: dict[str, Any] = self.http.get("/inspect/turns", params={"after": after, "epoch": epoch}).json()
        return found

    def do(self, deed: str, **body: Any) -> dict[str, Any]:
        """A deed of the page."""
        answer: dict[str, Any] = self.http.post(f"/inspect/{deed}", json=body).json()
        return answer

    def send(self, **frame: Any) -> None:
        """A frame of the widget, in the conversation that is shown."""
        seen = self.news()
        headers = {"Authorization": f"Bearer {seen['key']}"}
        hello = {"type": "hello", "protocol": 1, "lang": "id", "key": seen["key"], "identity_token": seen["token"]}
        self.http.post("/v1/frames", json=hello)
        self.http.post("/v1/frames", headers=headers, json={"client_id": str(uuid.uuid4()), **frame})

    def answered(self, label: str) -> dict[str, Any]:
        """The turn of these words, as soon as it is answered."""
        def found() -> dict[str, Any] | None:
            return next((item for item in self.news()["items"] if item["label"] == label and item["trace"]), None)

        turn: dict[str, Any] = wait_until(found, f"{label!r} is answered")  # type: ignore[assignment]
        return turn

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """The turn of what was typed into the widget, or of the button that was pressed."""
        self.send(type="say", text=text, **more)
        return self.answered(text)

    def play(self) -> list[dict[str, Any]]:
        """Play all steps to come; the items that somebody did."""
        while self.do("next")["plan"]:
            pass
        return [item for item in self.news()["items"] if item["who"] != "event"]


@contextmanager
def inspected(
    settings: Settings, who: Who | None = None, scenarios: tuple[Scenario, ...] = (TALK,), make_bot: MakeBot = StandIn,
    *, is_script: bool = False, is_loaded: bool = True,
) -> Iterator[Inspected]:
    """The inspector, running; unless `is_loaded` the model may still load."""
    with inspector(settings, make_bot, who or Who(), list(scenarios), is_script=is_script) as application:
        server = InspectorServer(server_config(application, 0))
        thread = threading.Thread(target=server.run_here, daemon=True)
        thread.start()
        wait_until(lambda: server.started, "the inspector serves")
        port = server.servers[0].sockets[0].getsockname()[1]
        client = Inspected(f"http://127.0.0.1:{port}")
        wait_until(lambda: not is_loaded or client.news()["model"] == "ready", "the model is loaded")
        yield client
        client.http.close()
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "the inspector does not end"
