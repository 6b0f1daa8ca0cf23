"""Agents at the real console of a running gateway: they sign in with a password and speak its protocol over sockets."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

from bot.core.errors import KilatError
from bot.settings import ROOT

Frame = dict[str, Any]
PATIENT_SECONDS = 20.0
PASSWORD = "kucing-hitam-di-atap-7"


class Refused(KilatError):
    """The console did not do it."""


class ConsoleDesk:
    """A `DeskSide`. `conversation` tells whose case it is; who is named for the first time signs in."""

    def __init__(self, base: str, environment: dict[str, str], conversation_id: Callable[[], str]) -> None:
        self._base, self._environment, self._conversation_id = base, environment, conversation_id
        self._agents: dict[str, _Agent] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, agent: str, verb: str, words: str) -> None:
        """See `DeskSide`."""
        fields: Frame = {"conversation": self._conversation_id()}
        if verb in ("say", "note"):
            fields |= {"client_id": str(uuid.uuid4()), "text": words}
        elif verb == "transfer" and words:
            fields["tier"] = int(words)
        elif verb == "close":
            fields["reason"] = words or "solved"
        self._run(self._of(agent).ask(verb, **fields))

    def reads(self, agent: str) -> str:
        """See `DeskSide`."""
        console = self._of(agent)
        self._run(console.ask("open", conversation=self._conversation_id()))
        opened = [frame for frame in console.seen if frame["type"] == "opened"][-1]
        return json.dumps(opened, ensure_ascii=False)

    def close(self) -> None:
        """Everybody goes home."""
        for agent in self._agents.values():
            self._run(agent.leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _of(self, name: str) -> _Agent:
        if name not in self._agents:
            login = f"{name.lower()}@example.com"
            self._account(login, name)
            self._agents[name] = _Agent()
            self._run(self._agents[name].come(self._base, login))
        return self._agents[name]

    def _account(self, login: str, name: str) -> None:
        """An account, unless another test has made it."""
        command = [sys.executable, "-m", "bot.cli", "agents", "add", login, "--name", name, "--tier", "1", "--tier",
                   "2", "--capacity", "20", "--password-stdin"]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, input=f"{PASSWORD}\n", capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0 or "already" in done.stderr, done.stderr

    def _run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENT_SECONDS)


class _Agent:
    """One browser of one agent."""

    def __init__(self) -> None:
        self.seen: list[Frame] = []
        self._requests = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Frame]] = {}

    async def come(self, base: str, login: str) -> None:
        """Sign in and say hello."""
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        async with self._http.get(f"{base}/agent/login") as answer:
            secret = re.search(r'name="secret" value="([^"]+)"', await answer.text())
        assert secret is not None
        form = {"login": login, "password": PASSWORD, "secret": secret[1]}
        async with self._http.post(f"{base}/agent/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
        self._socket = await self._http.ws_connect(f"{base}/agent/socket")
        self._reader = asyncio.create_task(self._read())
        await self.ask("hello", protocol=1)
        await self.ask("presence", presence="online")

    async def ask(self, type_: str, **fields: Any) -> Frame:
        """Send a frame; the one that answers it, `Refused` when it is an error."""
        request = str(next(self._requests))
        answer = self._answers[request] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"type": type_, "request": request, **fields}))
        frame = await answer
        if frame["type"] == "error":
            raise Refused(f"{frame['code']}: {frame['detail']}")
        return frame

    async def leave(self) -> None:
        """Close the browser."""
        self._reader.cancel()
        await self._socket.close()
        await self._http.close()

    async def _read(self) -> None:
        async for message in self._socket:
            frame = json.loads(message.data)
            self.seen.append(frame)
            if answer := self._answers.pop(str(frame.get("request")), None):
                answer.set_result(frame)
