"""An ASGI app on a real port, served by a thread of the test's process."""

from __future__ import annotations

import asyncio
import socket
import threading

import uvicorn


class ThreadServer(uvicorn.Server):
    """A server that ends when it is told to: uvicorn's own looks every 0.1 s, and waits as long for what is
    unanswered."""

    loop: asyncio.AbstractEventLoop

    def begin(self) -> None:
        """Be there."""
        self._thread = threading.Thread(target=self.run, daemon=True)
        self._thread.start()
        while not self.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.01)

    def leave(self) -> None:
        """Be away. May be repeated."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._told.set)
        self._thread.join(5)

    @property
    def port(self) -> int:
        """The TCP port that it listens on."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Before anybody can tell it."""
        self.loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Until it is told."""
        await self.on_tick(0)
        await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Nobody gets an answer any more."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
