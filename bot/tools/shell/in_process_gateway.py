"""The gateway in this process, for the shell: a visitor and agents without sockets."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.adapters.input_validation import is_button
from bot.bootstrap import build
from bot.core.case import REASONS, Outcome
from bot.core.conversation import BOT_LISTENS, Agent, Author, Destination
from bot.core.errors import ConfigurationError
from bot.live.frames import Frame, Limits
from bot.live.gateway import Gateway
from bot.live.visitor_connection import VisitorConnection
from bot.ports import Bot
from bot.settings import Settings
from bot.tools.shell.local_bot import run
from bot.tools.shell.scenario import DeskSide, Line, VisitorSide
from bot.workers.timeouts import run_timeouts

ANSWER_SECONDS = 30.0
LOOK_SECONDS = 0.05
# Between two bubbles of one answer.
CALM_SECONDS = 0.3


@contextmanager
def in_process_gateway(settings: Settings, bot: Bot) -> Iterator[Gateway]:
    """The running gateway with `bot` behind it, without console, desks and mail. It runs only during `pause` and other
    waits."""
    app = build(settings)
    limits = Limits(settings.max_message_length, frozenset(app.wording.topics))
    gateway = Gateway(settings, limits, app.conversations, app.cases, app.cases, app.files, app.responder, bot,
                      app.managers, app.feedback_store, app.feedback_recorder, app.eraser, app.now)
    loops = run(_begin(gateway))
    try:
        yield gateway
    finally:
        for loop in loops:
            loop.cancel()
        run(asyncio.gather(*loops, return_exceptions=True))


async def _begin(gateway: Gateway) -> list[asyncio.Task[None]]:
    workers = (gateway.log_writer.run(), gateway.dispatcher.watch(), run_timeouts(gateway))
    return [asyncio.create_task(worker) for worker in workers]


def pause(seconds: float) -> None:
    """Wait, while the gateway runs."""
    run(asyncio.sleep(seconds))


class ShellVisitor(VisitorSide):
    """A `VisitorSide` in a conversation of its own. `entries` are those of the frames."""

    def __init__(self, gateway: Gateway, token: str | None, lang: str) -> None:
        self._gateway = gateway
        self._session = VisitorConnection(gateway, "shell", self._hear)
        self.entries: list[Frame] = []
        self.state: Frame = {}
        self.conversation_id = ""
        while not gateway.dispatcher.bot_is_up:
            pause(LOOK_SECONDS)
        self._send({"type": "hello", "protocol": 1, "lang": lang, "identity_token": token})

    def say(self, text: str) -> None:
        """Send `text`; one such as `/phone_number` presses a button."""
        pressed = {"payload": text} if is_button(text, self._gateway.limits.buttons) else {}
        self._send({"type": "say", "client_id": str(uuid.uuid4()), "text": text, **pressed})

    def lines(self) -> list[Line]:
        return [
            Line(entry["author"], "\n".join([entry.get("text", ""), *(b["title"] for b in entry.get("buttons", ()))]))
            for entry in self.entries]

    def wait(self) -> None:
        """Wait until the bot has answered, if it is the bot's turn."""
        waited = 0.0
        while self._bot_answers() and waited < ANSWER_SECONDS:
            pause(LOOK_SECONDS)
            waited += LOOK_SECONDS
        pause(CALM_SECONDS)

    def _bot_answers(self) -> bool:
        now = self._gateway.conversations.get(self.conversation_id)
        return now is not None and now.status in BOT_LISTENS and now.asked > now.answered

    def end(self) -> None:
        """End the conversation."""
        self._send({"type": "end", "client_id": str(uuid.uuid4())})
        self._session.close()

    def _send(self, frame: Frame) -> None:
        run(self._session.receive(json.dumps(frame)))

    def _hear(self, text: str) -> None:
        frame: dict[str, Any] = json.loads(text)
        if frame["type"] == "welcome":
            self.entries, self.state, self.conversation_id = frame["entries"], frame["state"], frame["conversation"]
        elif frame["type"] == "entry":
            self.entries.append(frame["entry"])
        elif frame["type"] == "state":
            self.state = frame
        elif frame["type"] == "error":
            raise ConfigurationError(f"the gateway refuses it: {frame['code']}: {frame['detail']}")


class ShellDesk(DeskSide):
    """A `DeskSide` of one visitor's case. Agents need no account."""

    def __init__(self, gateway: Gateway, visitor: ShellVisitor) -> None:
        self._gateway = gateway
        self._visitor = visitor

    def do(self, agent: str, verb: str, words: str) -> None:
        actions, id_ = self._gateway.case_actions, self._visitor.conversation_id
        who = Agent(f"shell-{agent.lower()}", agent)
        run({
            "take": lambda: actions.take(id_, who),
            "say": lambda: actions.say(id_, who, words, str(uuid.uuid4())),
            "note": lambda: actions.note(id_, who, words, str(uuid.uuid4())),
            "transfer": lambda: actions.transfer(id_, who, Destination(_tier(words))),
            "give_back": lambda: actions.give_back(id_, who),
            "close": lambda: actions.close(id_, who, _reason(words)),
        }[verb]())

    def reads(self, agent: str) -> str:
        conversation_id, gateway = self._visitor.conversation_id, self._gateway
        case = next(iter(gateway.cases.of_conversation(conversation_id)), None)
        file = [case.number, str(case.priority), *_texts(case.file)] if case else []
        said = [text for entry in gateway.conversations.entries(conversation_id) for text in _texts(entry.body)]
        notes = [text for stored in gateway.cases.notes(conversation_id) for text in _texts(stored.note.body)]
        return "\n".join([*file, *said, *notes])


def speaker(entry: Frame) -> str:
    """The prefix of an entry in the shell; empty for the bot."""
    return {Author.AGENT.value: f"{entry.get('name', '')}: ", Author.SYSTEM.value: "· "}.get(entry["author"], "")


def _tier(words: str) -> int | None:
    if words and not words.isdecimal():
        raise ConfigurationError(f"a tier is a number, not {words!r}")
    return int(words) if words else None


def _reason(words: str) -> Outcome:
    reasons = {reason.value: reason for reason in REASONS}
    if (words or "solved") not in reasons:
        raise ConfigurationError(f"{words!r} is no reason to close a case: {', '.join(reasons)}")
    return reasons[words or "solved"]


def _texts(value: Any) -> list[str]:
    """Every text within `value`."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
