"""IP addresses of people. Addresses that tell nothing stay: this machine, masks, networks, open resolvers; and private
addresses, unless a word says whose they are."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_FOUR = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5}|/(\d{1,2}))?(?![\w.]\d|[A-Za-z])", re.ASCII)
_SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f:.]{3,45}(?![\w:])", re.ASCII)
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
_INSIDE = [ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")]
_REACH_OF_OWNER = 3
_LARGEST_OF_VERSION = 30
_ONE = 32


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these addresses, with their ports."""
    starts = [token.start for token in said.tokens]
    for one in _FOUR.finditer(said.text):
        before = bisect_left(starts, one.start()) - 1
        before -= said.is_sign(before, ":=")
        is_owned = any(said.has(i, "own") and not said.has(i, "suffixes")
                       for i in range(before - _REACH_OF_OWNER + 1, before + 1))
        is_version = int(one[1].partition(".")[0]) <= _LARGEST_OF_VERSION and said.has(before, "labels")
        if not (one[2] and _is_network(one[0])) and not is_version and _is_somebodys(one[1], is_owned):
            yield Span(*one.span(), "address")
    for one in _SIX.finditer(said.text):
        word = one[0] if one[0].endswith("::") else one[0].rstrip(".:")
        if word.count(":") > 1 and _is_somebodys(word, is_owned=True):
            yield Span(one.start(), one.start() + len(word), "address")


def _is_network(word: str) -> bool:
    """True for an address with a prefix length that is a network's, not one machine's."""
    try:
        return ipaddress.ip_network(word).prefixlen < _ONE
    except ValueError:
        return False


def _is_somebodys(word: str, is_owned: bool) -> bool:
    """True for an address that identifies one machine."""
    try:
        address = ipaddress.ip_address(word)
    except ValueError:
        return False
    is_common = address.is_loopback or address.is_unspecified or address.is_multicast or word.startswith(("0.", "255."))
    is_inside = not is_owned and any(address in net for net in _INSIDE)
    return not is_common and not is_inside and word not in _RESOLVERS
