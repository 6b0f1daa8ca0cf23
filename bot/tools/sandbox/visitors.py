"""A visitor of the sandbox: at the gateway, as in the widget, or at Rasa's REST channel; and the agents' side."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from bot.adapters.input_validation import is_button
from bot.core.case import REASONS, Outcome
from bot.core.conversation import BOT_LISTENS, Agent, Author, Destination
from bot.core.errors import ConfigurationError
from bot.live.frames import Frame
from bot.live.gateway import Gateway
from bot.live.visitor_connection import VisitorConnection
from bot.services.wording import Wording
from bot.tools.sandbox.in_process_gateway import pause
from bot.tools.sandbox.local_bot import LocalBot, run
from bot.tools.scenarios.sides import DeskSide, Line, VisitorSide

# An answer may have to wait until the model is loaded.
ANSWER_SECONDS = 90.0
LOOK_SECONDS = 0.005


class SandboxVisitor(VisitorSide, Protocol):
    """A visitor of the sandbox, who knows when all is said. A text such as `/phone_number` presses a button."""

    entries: list[Frame]  # what was said, as the gateway's `entry` frames show it

    def end(self) -> None:
        """End the conversation."""


class WidgetVisitor(SandboxVisitor):
    """A visitor at the gateway, who sees what the widget is sent."""

    def __init__(self, gateway: Gateway, wording: Wording, token: str | None, lang: str) -> None:
        self._gateway = gateway
        self._topics = wording.topics
        # An address of their own: what others have sent does not count for them.
        self._session = VisitorConnection(gateway, f"shell-{uuid.uuid4().hex}", self._hear)
        self.entries: list[Frame] = []
        self.shown: Frame = {}  # the latest `state` frame
        self.conversation_id = ""
        while not gateway.dispatcher.bot_is_up:
            pause(LOOK_SECONDS)
        self.send({"type": "hello", "protocol": 1, "lang": lang, "identity_token": token})

    def say(self, text: str) -> None:
        """See `VisitorSide`."""
        said = {"text": text}
        if is_button(text, self._gateway.limits.buttons):
            title = self._topics[text.removeprefix("/")].title
            said = {"text": title.get(self.state()["language"], text), "payload": text}
        self.send({"type": "say", "client_id": str(uuid.uuid4()), **said})

    def fill_in(self, values: Mapping[str, str]) -> None:
        """See `VisitorSide`. Raises `ConfigurationError` for a wrong value."""
        self.send({"type": "ticket", "client_id": str(uuid.uuid4()), "values": dict(values)})

    def send(self, frame: Frame) -> None:
        """Send one frame of the protocol. Raises `ConfigurationError` when the gateway refuses it."""
        run(self._session.receive(json.dumps(frame)))

    def settle(self) -> bool:
        """See `VisitorSide`."""
        until = time.monotonic() + ANSWER_SECONDS
        while not self._is_settled() and time.monotonic() < until:
            pause(LOOK_SECONDS)
        return True

    def lines(self) -> list[Line]:
        """See `VisitorSide`."""
        return [Line(entry["author"], entry.get("text", ""), titles(entry)) for entry in self.entries]

    def state(self) -> Mapping[str, Any]:
        """See `VisitorSide`."""
        now = self._gateway.conversations.get(self.conversation_id)
        return {**now.bot_state, "language": now.lang, "status": now.status.value} if now else {}

    def end(self) -> None:
        """See `SandboxVisitor`."""
        self.send({"type": "end", "client_id": str(uuid.uuid4())})
        self._session.close()

    def _is_settled(self) -> bool:
        now = self._gateway.conversations.get(self.conversation_id)
        if now is None:
            return True
        is_answered = now.status not in BOT_LISTENS or now.asked <= now.answered
        return is_answered and bool(self.entries) and self.entries[-1]["seq"] >= now.last_seq

    def _hear(self, text: str) -> None:
        frame: dict[str, Any] = json.loads(text)
        if frame["type"] == "welcome":
            self.entries, self.shown, self.conversation_id = frame["entries"], frame["state"], frame["conversation"]
        elif frame["type"] == "entry":
            self.entries.append(frame["entry"])
        elif frame["type"] == "state":
            self.shown = frame
        elif frame["type"] == "error":
            fields = frame.get("fields")
            raise ConfigurationError(f"the gateway refuses it: {frame['code']}: {frame['detail']}"
                                     + (f": {fields}" if fields else ""))


class RestVisitor(SandboxVisitor):
    """A visitor at Rasa's REST channel: without cards, and without agents."""

    def __init__(self, bot: LocalBot, token: str | None, lang: str) -> None:
        self._bot = bot
        self._token = token
        self._sender = f"shell-{uuid.uuid4().hex}"
        self._state: dict[str, Any] = {"language": lang}
        self.entries: list[Frame] = []
        run(bot.begin(self._sender, lang))

    def say(self, text: str) -> None:
        """See `VisitorSide`."""
        self.entries.append({"author": Author.VISITOR.value, "text": text})
        said = run(self._bot.say(self._sender, text, self._token))
        for message in said.messages:
            self.entries.append({"author": Author.BOT.value, **message})
        self._state = {"language": said.language, "route": said.route}

    def fill_in(self, values: Mapping[str, str]) -> None:
        """See `VisitorSide`. Raises `ConfigurationError`: this channel has no form to fill in."""
        raise ConfigurationError("the channel `rest` has no form to fill in")

    def settle(self) -> bool:
        """See `VisitorSide`."""
        return True

    def lines(self) -> list[Line]:
        """See `VisitorSide`."""
        return [Line(entry["author"], entry.get("text", ""), titles(entry)) for entry in self.entries]

    def state(self) -> Mapping[str, Any]:
        """See `VisitorSide`."""
        return self._state

    def end(self) -> None:
        """Nothing to do: Rasa forgets it with the process."""


class SandboxDesk(DeskSide):
    """A `DeskSide` of one visitor's case. Agents need no account."""

    def __init__(self, gateway: Gateway, visitor: WidgetVisitor) -> None:
        self._gateway = gateway
        self._visitor = visitor

    def do(self, agent: str, verb: str, words: str) -> None:
        """See `DeskSide`."""
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
        """See `DeskSide`."""
        conversation_id, gateway = self._visitor.conversation_id, self._gateway
        case = next(iter(gateway.cases.of_conversation(conversation_id)), None)
        file = [case.number, str(case.priority), *_texts(case.file)] if case else []
        said = [text for entry in gateway.conversations.entries(conversation_id) for text in _texts(entry.body)]
        notes = [text for stored in gateway.cases.notes(conversation_id) for text in _texts(stored.note.body)]
        return "\n".join([*file, *said, *notes])


def titles(entry: Frame) -> tuple[str, ...]:
    """The titles of an entry's buttons."""
    return tuple(button["title"] for button in entry.get("buttons") or ())


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
