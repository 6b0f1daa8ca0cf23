"""Addresses of files that a desk names: whoever chooses one must not choose what Kilat calls in its own network."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver

# What Python 3.10 takes for the internet and is none of it (CVE-2024-4032), or leads home by another spelling.
_HIDDEN = tuple(ip_network(net) for net in (
    "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23",
    "2002::/16", "fec0::/10", "ff00::/8"))


class PrivateAddress(OSError):
    """A file is said to be at an address of this machine or of a private network."""


class PublicResolver(AbstractResolver):
    """Resolves hosts of the internet alone."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[dict[str, Any]]:
        """See aiohttp; `PrivateAddress` when one of the addresses is none of the internet."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            check_public(each["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port; `aiohttp.InvalidURL` for what is no address of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise aiohttp.InvalidURL(url) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise aiohttp.InvalidURL(url)
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}[parts.scheme]


def by_https(url: str) -> str:
    """`url` by https, whatever the desk says: what comes by plain http may be anybody's, and goes on to a visitor."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return url
    return parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80")).geturl()


def check_public(host: str) -> None:
    """`PrivateAddress` when `host` is an IP address and none of the internet. Names are left to the resolver."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not address.is_global or any(address in network for network in _HIDDEN):
        raise PrivateAddress(f"{host} is an address of a private network")
