"""Checks before the start that a port is free, and finds a free one."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

from bot.core.errors import ConfigurationError

SERVER_PORTS = range(20_000, 32_000)  # Linux gives 32768 to 60999 to outgoing connections


def check_port(host: str, port: int, setting: str) -> None:
    """Raise `ConfigurationError`, which names `setting`, when no process can listen on the port."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigurationError(f"KILAT_GATEWAY_HOST: {host!r} is no address of this machine ({error})") from error
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: connections that have just ended do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise ConfigurationError(
                f"{setting}: nobody can listen on port {port} of {host} ({error.strerror}). Stop what listens there "
                f"(another Kilat?), or set {setting} to a free one") from error


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now. It is none of those that systems give to outgoing connections, so no
    connection takes it before the server that it is for."""
    while True:
        port = secrets.choice(SERVER_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
