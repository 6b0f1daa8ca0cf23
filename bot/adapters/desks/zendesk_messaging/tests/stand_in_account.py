"""The state of the stand-in for Zendesk messaging, the actions of people there, and its webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from desks.fake_http import FakeHttp
from starlette.routing import Route

APP, HOOK_KEY = "5d8cff3cd55b040010928b5b", "hook-key"
AGENTS = {"id": "sb-agents", "name": "zd-agentWorkspace", "integrationType": "zd:agentWorkspace"}
BOT = {"id": "sb-bot", "name": "kilat", "integrationType": "custom"}

Json = dict[str, Any]


class ZendeskAccount(FakeHttp):
    """`hook` gets the webhooks (headers in lower case, body); `page` is the number of messages on a page."""

    def __init__(self, routes: Sequence[Route]) -> None:
        super().__init__(routes)
        self.hook: Callable[[dict[str, str], bytes], None] | None = None
        self.users: dict[str, Json] = {}
        self.conversations: dict[str, Json] = {}
        self.page = 100
        # Media types that are no attachments there.
        self.untaken: set[str] = set()
        # The time of every change, where a test lets several fall into the same moment.
        self.updated_at = ""
        self._blobs: dict[str, bytes] = {}
        self._private: set[str] = set()
        self._ids = (f"{number:024x}" for number in range(0x5e552ef5, 0x5f552ef5))

    def say(self, id_: str, name: str, text: str, *, source: str = "zd:agentWorkspace",
            file: tuple[str, str, bytes] | None = None, agent: str | None = None,
            subtypes: tuple[str, ...] = ()) -> str:
        """An agent (or a trigger or another bot, by `agent`, `subtypes` and `source`) writes; returns the message's id.
        Files are private, the default since December 2024."""
        content: Json = {"type": "text", "text": text}
        if file:
            content = {"type": "file", "text": text, "mediaUrl": self._keep(file[0], file[2], private=True),
                       "mediaType": file[1]}
        author: Json = {"type": "business", "displayName": name, **({"subtypes": list(subtypes)} if subtypes else {})}
        metadata = {"__zendesk_msg.agent.id": f"id-of-{name}" if agent is None else agent,
                    "__zendesk_msg.agent.name": name}
        return str(self._store(id_, author, content, metadata if source == "zd:agentWorkspace" else None, source)["id"])

    def trigger(self, id_: str, text: str) -> None:
        """A trigger replies. The source is the same as for agents' messages."""
        self.say(id_, "Automated Response", text, agent="__trigger")

    def solve(self, id_: str) -> None:
        """An agent solves the ticket. Control stays with the agents until it is closed, by default days later."""

    def release(self, id_: str, reason: str = "ticketClosed") -> None:
        """End the session, close the ticket, or go on by e-mail (`transferToEmail`)."""
        self.conversations[id_]["active"] = None
        self._tell("switchboard:releaseControl", {"conversation": self._shown(id_), "reason": reason})

    def pass_to(self, id_: str, integration: Json) -> None:
        """Pass the conversation to another integration."""
        self.conversations[id_]["active"] = integration
        self._tell("switchboard:passControl", {"conversation": self._shown(id_), "metadata": {}})

    def type(self, id_: str, on: bool, source: str = "zd:agentWorkspace", **author: Any) -> None:
        """An agent, or another author of the business, types."""
        activity = {"type": "typing:start" if on else "typing:stop", "author": {"type": "business", **author},
                    "source": {"type": source}}
        self._tell("conversation:typing", {"conversation": self._shown(id_), "activity": activity})

    def id(self, case: str) -> str:
        """The newest conversation with this case number."""
        return next(id_ for id_, one in reversed(self.conversations.items()) if one["displayName"] == case)

    def content_of(self, message: Json) -> bytes:
        """The content of a message's file."""
        return self._blobs[message["content"]["mediaUrl"].split("/")[-2]]

    def _keep(self, name: str, content: bytes, *, private: bool = False) -> str:
        blob = next(self._ids)
        self._blobs[blob] = content
        if private:
            self._private.add(blob)
        return f"{self.url}/media/{blob}/{quote(name)}"

    def _store(self, id_: str, author: Json, content: Json, metadata: Json | None, source: str) -> Json:
        message = {"id": next(self._ids), "received": now(), "author": author, "content": content,
                   "source": {"type": source}, **({"metadata": metadata} if metadata else {})}
        self.conversations[id_]["messages"].append(message)
        self.conversations[id_]["lastUpdatedAt"] = self.updated_at or now()
        self._tell("conversation:message", {"conversation": self._shown(id_), "message": message})
        return message

    def _shown(self, id_: str) -> Json:
        one = self.conversations[id_]
        return {"id": id_, "type": "personal", "displayName": one["displayName"], "metadata": one["metadata"],
                "lastUpdatedAt": one["lastUpdatedAt"],
                **({"activeSwitchboardIntegration": one["active"]} if one["active"] else {})}

    def _tell(self, kind: str, payload: Json) -> None:
        if self.hook is not None:
            event = {"id": next(self._ids), "type": kind, "createdAt": now(), "payload": payload}
            body = json.dumps({"app": {"id": APP}, "webhook": {"id": "w", "version": "v2"}, "events": [event]}).encode()
            self.hook({"content-type": "application/json", "x-api-key": HOOK_KEY}, body)


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
