"""The way to a server over TCP, on which connections break: before a request arrives, or before its answer does."""

from __future__ import annotations

import contextlib
import random
import socket
import threading


class FlakyProxy:
    """Passes bytes on to `port` of this machine. With `chance` a connection breaks at the next piece of data, in
    either direction; `seed` makes the same run again."""

    def __init__(self, port: int, seed: int) -> None:
        self.chance = 0.0
        self.broken = 0
        self._to = port
        self._dice = random.Random(seed)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                client.close()
                continue
            for here, there in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := here.recv(65536):
                if self._dice.random() < self.chance:
                    self.broken += 1
                    break
                there.sendall(data)
        for end in (here, there):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
