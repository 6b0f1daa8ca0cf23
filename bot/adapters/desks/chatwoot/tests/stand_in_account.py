"""The state of the stand-in for Chatwoot, the actions of its agents, and its webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from desks.fake_http import FakeHttp
from starlette.routing import Route

SECRET = "hook-secret"
INCOMING, OUTGOING, ACTIVITY = 0, 1, 2
# What is said by the house is filled like a template (its `Liquidable`): here what Kilat says for others alone.
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)

Json = dict[str, Any]
# As the server keeps what the dashboard's editor sends for Shift+Enter, since 4.9.0.
HARD_BREAK = "\\\n"
ME: Json = {"id": 1, "name": "Kilat", "available_name": "Kilat", "role": "agent"}


class ChatwootAccount(FakeHttp):
    """`hook` gets webhooks (headers in lower case, body); `agents` are users; `opens_as`: new conversations' status."""

    def __init__(self, routes: Sequence[Route]) -> None:
        super().__init__(routes)
        self.hook: Callable[[dict[str, str], bytes], None] | None = None
        self.agents: list[Json] = []
        self.conversations: dict[int, Json] = {}
        self.typed: list[tuple[int, str]] = []
        self.opens_as = "open"
        # Kilat's user is a member of the inbox: who is none sees nothing of its conversations.
        self.member = True
        # So many asks for a file come before its upload has arrived.
        self.late_files = 0
        # What a proxy before it lets through of a form, in bytes.
        self.largest_form = 1_000_000
        self.account_secret = "account-hook-secret"
        self._contacts: dict[str, int] = {}
        self._sessions: dict[str, int] = {}
        self._blobs: dict[int, bytes] = {}
        self._ids = iter(range(1, 1_000_000))

    def agent(self, name: str, availability: str = "online") -> Json:
        """Add an agent."""
        user = {"id": 100 + len(self.agents), "name": f"{name} (full name)", "available_name": name, "role": "agent",
                "availability_status": availability}
        self.agents.append(user)
        return user

    def assign(self, number: int, agent: Json | None) -> None:
        """Set or remove the assignee."""
        self.conversations[number]["assignee"] = agent
        self._store(number, ACTIVITY, "Assigned", None)
        self._tell("conversation_updated", self._shown(number))

    def say(self, number: int, agent: Json | None, text: str | None, *, private: bool = False, kind: str = "user",
            file: tuple[str, bytes] | None = None) -> int:
        """An agent (or a bot, or a rule) writes; returns the message's id."""
        sender = {**agent, "type": kind} if agent else None
        message = self._store(number, OUTGOING, text, sender, private=private, file=file)
        return int(message["id"])

    def edit(self, number: int, agent: Json, text: str) -> None:
        """An agent writes lines in the dashboard, separated by Shift+Enter."""
        self.say(number, agent, text.replace("\n", HARD_BREAK))

    def assign_bot(self, number: int, bot: int) -> None:
        """Assign an AgentBot, whose id may be an agent's, too."""
        self.conversations[number]["assignee"] = {"id": bot, "name": "Robot", "assignee_type": "AgentBot"}
        self._store(number, ACTIVITY, "Assigned", None)
        self._tell("conversation_updated", self._shown(number))

    def move(self, number: int, team: str | None) -> None:
        """Assign a team."""
        self.conversations[number]["team"] = {"id": 1, "name": team} if team else None
        self._store(number, ACTIVITY, "Assigned to a team", None)
        self._tell("conversation_updated", self._shown(number))

    def delete(self, number: int, message: int) -> None:
        """An agent deletes a message."""
        found = next(one for one in self.conversations[number]["messages"] if one["id"] == message)
        found |= {"content": "This message was deleted", "content_attributes": {"deleted": True}, "attachments": []}

    def set_status(self, number: int, status: str) -> None:
        """`open`, `pending` or `resolved`."""
        self.conversations[number]["status"] = status
        self._store(number, ACTIVITY, f"Conversation was marked {status}", None)
        self._tell("conversation_status_changed", self._shown(number))

    def type(self, number: int, agent: Json, on: bool, *, private: bool = False) -> None:
        """An agent types."""
        self._tell(f"conversation_typing_{'on' if on else 'off'}", {
            "user": {**agent, "type": "user"}, "conversation": {"id": number}, "is_private": private})

    def type_visitor(self, number: int) -> None:
        """The contact types. The webhook's user has no type."""
        self._tell("conversation_typing_on", {
            "user": {"id": self.conversations[number]["contact"], "name": "Sari", "identifier": "user-1"},
            "conversation": {"id": number}, "is_private": False})

    def number(self, case: str) -> int:
        """The newest conversation with this case number."""
        return max(n for n, one in self.conversations.items() if one["custom_attributes"].get("case") == case)

    def _store(self, number: int, kind: int, content: str | None, sender: Json | None, *, private: bool = False,
               source: str | None = None, file: tuple[str, bytes] | None = None) -> Json:
        if kind == OUTGOING and content and source:
            content = _TEMPLATE.sub("", content)
        message: Json = {"id": next(self._ids), "content": content, "message_type": kind, "private": private,
                         "source_id": source, "sender": sender, "content_attributes": {}, "conversation_id": number,
                         "created_at": int(time.time())}
        if file:
            blob = next(self._ids)
            self._blobs[blob] = file[1]
            path = f"/rails/active_storage/blobs/redirect/{blob}/{quote(file[0])}"
            message["attachments"] = [{"id": blob, "file_type": "file", "data_url": self.url + path,
                                       "file_size": len(file[1])}]
        self.conversations[number]["messages"].append(message)
        self._tell("message_created", {**message, "conversation": {"id": number}})
        return message

    def content_of(self, attachment: Json) -> bytes:
        """The content of an attachment."""
        return self._blobs[attachment["id"]]

    def _shown(self, number: int) -> Json:
        one = self.conversations[number]
        meta = {"channel": "Channel::Api", **{key: one[key] for key in ("assignee", "team") if one[key]},
                "assignee_type": (one["assignee"] or {}).get("assignee_type", "User")}
        return {"id": number, "status": one["status"], "priority": one["priority"], "labels": one["labels"],
                "custom_attributes": one["custom_attributes"], "inbox_id": 1, "messages": one["messages"][-1:],
                "last_activity_at": int(time.time()), "meta": meta}

    def _tell(self, event: str, payload: Json) -> None:
        if self.hook is not None:
            body = json.dumps({**payload, "event": event}).encode()
            self.hook(signed(body), body)


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers of a signed webhook, in lower case."""
    stamp = str(int(time.time() if at is None else at))
    proof = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-chatwoot-timestamp": stamp, "x-chatwoot-delivery": str(uuid.uuid4()),
            "x-chatwoot-signature": f"sha256={proof}"}
