"""Checks before the start that a port is free."""

from __future__ import annotations

import socket

from bot.core.errors import ConfigurationError


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
