"""Checks the addresses of files that a desk names, so that nobody makes Kilat call hosts of its private network."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver

# Networks that Python 3.10 calls global but are not (CVE-2024-4032), or that may embed private addresses.
_HIDDEN = tuple(ip_network(net) for net in (
    "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23",
    "2002::/16", "fec0::/10", "ff00::/8"))


class PrivateAddress(OSError):
    """The address is of this machine or of a private network."""


class PublicResolver(AbstractResolver):
    """Resolves hosts with public addresses only."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[dict[str, Any]]:
        """See aiohttp. Raises `PrivateAddress` when one of the addresses is not public."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            check_public(each["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """(scheme, host, port). Raises `aiohttp.InvalidURL` when `url` is no HTTP address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise aiohttp.InvalidURL(url) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise aiohttp.InvalidURL(url)
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}[parts.scheme]


def by_https(url: str) -> str:
    """`url` with https: a file over plain http may be forged, and goes on to a visitor."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return url
    return parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80")).geturl()


def check_public(host: str) -> None:
    """Raise `PrivateAddress` when `host` is an IP address that is not public. `PublicResolver` checks names."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not address.is_global or any(address in network for network in _HIDDEN):
        raise PrivateAddress(f"{host} is an address of a private network")
