"""Keys and tokens of programs, recognised by their prefix or their random look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.core.privacy.text.tokens import Span

# Prefixes, in lower case, of Kilat's keys and of keys that people often paste into chats.
_PREFIXES = (
    "kb_", "sk-", "sk_", "pk_", "rk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "xoxb-", "xoxp-", "xoxa-", "xapp-", "akia", "asia", "aiza", "ya29.", "npm_", "pypi-", "sg.", "hf_",
    "whsec_", "shpat_", "eaa",
)
_LONGEST_PREFIX = 16
_SHORTEST_AFTER_PREFIX = 12
_FEWEST_OF_A_KIND = 2
_FEWEST_CHANGES = 3
# The same for a key of capitals and digits only.
_FEWEST_OF_LARGE = 4
_FEWEST_CHANGES_OF_LARGE = 5
# One of 250 keys has no digit.
_KILAT_KEY = re.compile(r"kb_[A-Za-z0-9_-]{32}")
_RUN = re.compile(r"[A-Za-z0-9_.~+/=-]{12,}")
_PART = re.compile(r"[A-Za-z0-9_-]{16,}")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]+\.[\w.-]*", re.ASCII)
_BEARER = re.compile(r"(?i)\b(?:bearer|basic)\s{1,3}([\w.~+/=-]{8,})", re.ASCII)
_BLOCK = re.compile(r"-----BEGIN [A-Z ]{0,40}KEY-----")
_BLOCK_END = re.compile(r"-----END [A-Z ]{0,40}KEY-----")


def find(text: str) -> Iterator[Span]:
    """The spans of keys and tokens."""
    for one in _JWT.finditer(text):
        yield Span(*one.span(), "token")
    for one in _BEARER.finditer(text):
        if any(map(str.isdigit, one[1])) or any(map(str.isupper, one[1][1:])):
            yield Span(*one.span(1), "token")
    yield from _blocks(text)
    for run in _RUN.finditer(text):
        if _has_prefix(run[0]):
            yield Span(*run.span(), "key")
            continue
        for part in _PART.finditer(run[0]):
            if is_random(part[0]):
                yield Span(run.start() + part.start(), run.start() + part.end(), "key")


def _has_prefix(word: str) -> bool:
    if _KILAT_KEY.fullmatch(word):
        return True
    low = word[:_LONGEST_PREFIX].lower()
    return any(map(str.isdigit, word)) and any(
        low.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST_AFTER_PREFIX for prefix in _PREFIXES)


def is_random(word: str) -> bool:
    """True for a word that looks random: 32 hexadecimal digits, or letters mixed with digits."""
    if _HEX.fullmatch(word):
        return any(map(str.isdigit, word))
    kinds = ["digit" if sign.isdigit() else "large" if sign.isupper() else "small" for sign in word if sign.isalnum()]
    changes = sum(one != other and "digit" in (one, other) for one, other in pairwise(kinds))
    are_all_there = all(kinds.count(kind) >= _FEWEST_OF_A_KIND for kind in ("digit", "large", "small"))
    is_large = "small" not in kinds and min(map(kinds.count, ("digit", "large"))) >= _FEWEST_OF_LARGE
    return (are_all_there and changes >= _FEWEST_CHANGES) or (is_large and changes >= _FEWEST_CHANGES_OF_LARGE)


def _blocks(text: str) -> Iterator[Span]:
    """Private keys in PEM format."""
    at = 0
    while begin := _BLOCK.search(text, at):
        end = _BLOCK_END.search(text, begin.end())
        at = end.end() if end else len(text)
        yield Span(begin.start(), at, "key")
