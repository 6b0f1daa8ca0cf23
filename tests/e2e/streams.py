"""Visitors who ask one question after the other, over REST and over the gateway's socket, and check each answer."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import Counter
from itertools import count
from types import TracebackType
from typing import Any

from server import Server

from benchmarks.socket_client import Frame, SocketClient

QUESTIONS = (("nomor telepon Jepang", "120427732"), ("nomor telp Singapura", "658003211249"))
END_SECONDS = 60


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


class Streams:
    """They talk from `with` on until its end; then `wrong` says what was not as it should be."""

    def __init__(self, server: Server, rest: int = 2) -> None:
        self._server = server
        self._stop = threading.Event()
        self.answered: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._threads = [threading.Thread(target=self._guarded, args=(self._over_rest, f"rest-{number}"))
                         for number in range(rest)]
        self._threads.append(threading.Thread(target=self._guarded, args=(self._over_socket, "socket")))

    def __enter__(self) -> Streams:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(END_SECONDS)

    def _guarded(self, talk: Any, name: str) -> None:
        try:
            talk(name)
        except Exception as error:  # a thread's failure is told in the test
            self.wrong.append(f"{name}: {type(error).__name__}: {error}")

    def _over_rest(self, name: str) -> None:
        for number in count():
            if self._stop.is_set():
                return
            question, wanted = QUESTIONS[number % 2]
            answer = self._server.ask(name, question)
            if answer.status != 200 or len(answer.body) != 1:
                self.wrong.append(f"{name}: {answer}")
            self._judge(name, answer.text, wanted)

    def _over_socket(self, name: str) -> None:
        entries = asyncio.run(self._talk(name))
        asked = [entry["seq"] for entry in entries if entry["author"] == "visitor"]
        replies = Counter(entry["client_id"] for entry in entries if entry.get("client_id", "").startswith("re-"))
        if replies != Counter(f"re-{seq}" for seq in asked):
            self.wrong.append(f"{name}: {len(asked)} messages have {replies}")
        if [entry["seq"] for entry in entries] != list(range(1, len(entries) + 1)):
            self.wrong.append(f"{name}: entries are missing or came twice")

    async def _talk(self, name: str) -> list[Frame]:
        """One message under way at a time; all entries that came."""
        socket = await SocketClient.connect(self._server.gateway_port)
        socket.send({"type": "hello", "protocol": 1, "lang": "id", "after": 0})
        entries: list[Frame] = []
        number, wanted = 0, ""
        async for frame in socket.frames():
            if frame["type"] == "error":
                self.wrong.append(f"{name}: {frame}")
            entry = frame.get("entry") or {}
            entries += frame["entries"] if frame["type"] == "welcome" else [entry] if entry else []
            if entry.get("author") == "bot":
                self._judge(name, entry["text"], wanted)
            if frame["type"] == "welcome" or entry.get("author") == "bot":
                if self._stop.is_set():
                    break
                question, wanted = QUESTIONS[number % 2]
                number += 1
                socket.send({"type": "say", "client_id": str(uuid.uuid4()), "text": question})
        socket.close()
        return entries

    def _judge(self, name: str, text: str, wanted: str) -> None:
        if wanted in _digits(text):
            self.answered[name] += 1
        else:
            self.wrong.append(f"{name}: no {wanted} in {text!r}")
