"""Validates e-mail addresses, and reads them from typed text.

An address is an RFC 5322 dot-atom (every character that it allows, the apostrophe too) at an ASCII domain of two
labels or more, within the lengths of RFC 5321. Quoted local parts, comments and address literals are refused, and so
are letters outside ASCII: few servers take them, and a domain converted by the wrong table is another person's.
Every function takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 254
_LONGEST_LOCAL, _LONGEST_LABEL = 64, 63
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LABEL = frozenset(f"{_LETTERS}0123456789-")
_ATEXT = _LABEL | frozenset("!#$%&'*+/=?^_`{|}~")
_RUN = re.compile(r"\S+")
_PIECE = re.compile(r"[^\s,;:|<>()\[\]{}\"]+")
# Signs around an address. Those of `_PAIRED` may also begin an address, and are removed only at both ends.
_BEFORE = frozenset("<([{\"“”„«‹:;,")
_AFTER = frozenset(">)]}\"”’»›.,;:!?…'`*_~")
_CLOSING = (")", "]", ">")
_PAIRED = frozenset("'`*_~")
_SCHEME = "mailto:"
_CURLY = str.maketrans("’‘＇", "'''")
# The most runs that a person is asked about.
_LOOKED_AT = 3
# Characters of a part of a domain after a space ("budi@example.co id"), at most.
_SHORT_WORD = 4

# Reasons why a person must confirm what was read.
NONE, SPACES, SEVERAL, CHARACTER, LETTERS, DOMAIN, WRONG = (
    "none", "spaces", "several", "character", "letters", "domain", "wrong")


@dataclass(frozen=True)
class Reading:
    """The result of reading a text."""

    addresses: tuple[str, ...] = ()  # in the order of the text
    fault: str | None = None  # why a person must confirm the addresses; `None`: there is one, without doubt
    character: str = ""  # for `CHARACTER`: the one that no address may hold


@dataclass(frozen=True)
class _Run:
    """A run of characters between spaces, without the signs around an address."""

    text: str
    start: int
    end: int
    delimited: bool  # in brackets or quotes


def is_address(text: str) -> bool:
    """True for a valid address."""
    return _fault(text) is None


def found(text: str) -> Iterator[tuple[str, int, int]]:
    """(address, start, end) of every run in `text` that is an address as a whole."""
    for run in _runs(text):
        if is_address(run.text):
            yield run.text, run.start, run.end


def read(text: str, *, lead: bool = False, tail: bool = False) -> Reading:
    """Read a typed answer. `lead`: the word before the address announces one ("my e-mail is …"); `tail`: the word after
    it ends a sentence ("… ya"). Any other word may belong to the address: "budi santoso@…"."""
    runs = list(_runs(text))
    if not runs:
        return Reading(fault=NONE)
    good = tuple(dict.fromkeys(run.text for run in runs if is_address(run.text)))
    bad = [run for run in runs if not is_address(run.text)]
    if not bad and len(good) == 1:
        doubtful = any(not _stands_alone(text, run, lead=lead, tail=tail) for run in runs[:_LOOKED_AT])
        return Reading(good, SPACES if doubtful else None)
    if not bad:
        return Reading(good[:_LOOKED_AT], SEVERAL)
    guesses = tuple(dict.fromkeys((*good, *(guess for run in bad[:_LOOKED_AT] for guess in _guesses(text, run)))))
    first = bad[0].text
    fault = SPACES if first.startswith("@") or first.endswith("@") else _fault(first)
    return Reading(guesses[:_LOOKED_AT], SEVERAL if len(guesses) > 1 else fault, _odd_character(first))


def _runs(text: str) -> Iterator[_Run]:
    for match in _RUN.finditer(text):
        if "@" in match.group():
            yield _bare(match.group(), match.start())


def _bare(run: str, offset: int) -> _Run:
    """The run without punctuation around it, and without `mailto:`."""
    start, end = 0, len(run)
    while end > start and run[end - 1] in _AFTER:
        end -= 1
    after = run[end:]
    while start < end and (run[start] in _BEFORE or (run[start] in _PAIRED and run[start] in after)):
        start += 1
    delimited = start > 0
    if run[start:start + len(_SCHEME)].lower() == _SCHEME:
        start += len(_SCHEME)
        asked = run.find("?", run.find("@", start), end)
        end, delimited = (asked if asked > 0 else end), True
    return _Run(run[start:end], offset + start, offset + end, delimited)


def _stands_alone(text: str, run: _Run, *, lead: bool, tail: bool) -> bool:
    """True unless a word next to the address, on the same line, may be a part of it."""
    line_start = text.rfind("\n", 0, run.start) + 1
    before = text[line_start:run.start].split()
    line_end = text.find("\n", run.end)
    after = text[run.end:line_end if line_end >= 0 else len(text)].split()
    # Only punctuation follows without a space.
    next_word = next((word for word in after if any(c.isalnum() for c in word)), "")
    # A closing bracket ends an address, and an opening one begins an aside.
    is_closed = text[run.end:run.end + 1] in _CLOSING or next_word.startswith("(")
    cut_off = next_word.startswith(".") or (
        next_word.isascii() and len(next_word.rstrip(".,!?")) <= _SHORT_WORD and not next_word.isupper())
    begins = run.delimited or not before or lead or before[-1].endswith((":", "=", "->", "→"))
    return begins and (tail or is_closed or not next_word or not cut_off)


def _guesses(text: str, run: _Run) -> Iterator[str]:
    """Addresses that an invalid run may mean; a person must confirm them."""
    whole = run.text.translate(_CURLY)
    if is_address(whole):
        yield whole
        return
    if run.text.startswith("@") or run.text.endswith("@"):
        before, after = text[:run.start].split(), text[run.end:].split()
        left = before[-1] if before and run.text.startswith("@") else ""
        right = after[0] if after and run.text.endswith("@") else ""
        joined = _bare(f"{left}{run.text}{right}", 0).text
        if is_address(joined):
            yield joined
        return
    for piece in _PIECE.findall(run.text):
        bare = _bare(piece, 0).text
        if "@" in bare and is_address(bare):
            yield bare


def _fault(text: str) -> str | None:
    local, at, domain = text.rpartition("@")
    if not at:
        return NONE
    if not text.isascii():
        return LETTERS
    if _odd_character(text):
        return CHARACTER
    atoms, labels = local.split("."), domain.split(".")
    # An encoded word is no mailbox; a mail library may decode it to another header.
    if "=?" in local or "@" in local or not all(atoms):
        return WRONG
    if len(local) > _LONGEST_LOCAL or len(text) > LONGEST:
        return WRONG
    is_domain = len(labels) > 1 and all(_is_label(label) for label in labels) and not labels[-1].isdigit()
    return None if is_domain else DOMAIN


def _is_label(label: str) -> bool:
    is_long_enough = 0 < len(label) <= _LONGEST_LABEL
    return is_long_enough and _LABEL.issuperset(label) and label[0] != "-" and label[-1] != "-"


def _odd_character(text: str) -> str:
    """The first character that no address may hold; "": there is none."""
    return next((c for c in text if c not in _ATEXT and c not in ".@"), "")
