"""Names of people that words announce: "nama saya …", "I'm …", "a/n …", "Pak …", "Budi here"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span
from bot.core.privacy.text.word_lists import WordLists, WordMatch

_MOST_SMALL = 3
_MOST_TOKENS = 12
_MOST_BETWEEN = 6
_LONGEST_INITIAL = 3
_BODIES = ("PT", "CV", "UD")


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of names."""
    for found in said.find("name", "pronoun", "title", "account"):
        before = found.first - 1
        is_introduced = said.starts_clause(found.first) or said.has(before, "greeting")
        if (found.kind != "pronoun" or is_introduced) and (
                found.kind != "account" or any(map(str.isdigit, said.low(before)))):
            yield from _after(said, found)
    yield from _honoured(said)
    for found in said.find("here"):
        yield from _before(said, found)
    for found in said.find("self"):
        yield from _greeted(said, found)
    for i, token in enumerate(said.tokens):
        if token.text in _BODIES and said.is_titled(i + 1):
            yield from span(said, i, name_end(said, i, needs_title=False))


def known(said: AnalyzedText, names: Iterable[str]) -> Iterator[Span]:
    """The spans of `names`, in any case, as whole words."""
    lists = WordLists({"known": sorted({name.lower() for name in names})})
    for found in AnalyzedText(said.text, lists).find("known"):
        yield from span(said, found.first, found.after - 1)


def span(said: AnalyzedText, first: int, last: int | None) -> Iterator[Span]:
    """The span of a name between two tokens; none without a last one."""
    if last is not None:
        yield Span(said.tokens[first].start, said.tokens[last].end, "name")


def _after(said: AnalyzedText, found: WordMatch) -> Iterator[Span]:
    """A name after an announcing phrase, if one is there."""
    i, is_strong = found.after, False
    for _ in range(_MOST_BETWEEN):
        if (said.is_sign(i, ",") and found.kind == "pronoun") or (said.is_sign(i, ".") and said.is_spaced(i)):
            return
        if said.is_sign(i, ":="):
            is_strong = True
        elif not (said.has(i, "is", "own") or (said.has(i, "honorific") and found.kind != "title")
                  or said.is_sign(i, ",\"(*“.") or (said.is_sign(i, "-") and said.is_spaced(i))):
            break
        i += 1
    if i >= len(said) or (said.is_new_line(i) and not is_strong and found.kind != "name"):
        return
    end = name_end(said, i, needs_title=found.kind != "name")
    if end is None and found.kind == "pronoun":
        end = name_end(said, i, needs_title=False)
        end = end if end is not None and said.has(end + 1, "introduced") else None
    if end is None and found.kind == "name":
        while i < found.after + _MOST_BETWEEN and said.has(i, "papers"):
            i += 1
        end = name_end(said, i, needs_title=True)
    yield from span(said, i, end)


def name_end(said: AnalyzedText, i: int, needs_title: bool) -> int | None:
    """The last token of the name that begins at token `i`; None: there is none. A capitalised name continues while
    words are capitalised; one in lower or upper case continues to the next ordinary word."""
    end = None
    while said.has(i, "bodies") or (said.is_sign(i, ".") and end is not None):
        end, i = i, i + 1
    is_body, first = end is not None, i
    is_initial = len(said.low(i)) == 1
    is_titled = said.is_titled(i) and (
        not is_initial or said.is_titled(i + 1) or (said.is_sign(i + 1, ".") and said.is_titled(i + 2)))
    if needs_title and not is_titled:
        return None
    while i < len(said) and i - first < _MOST_TOKENS and (i == first or not said.is_new_line(i)):
        if i == first or said.low(i).isalpha():
            if not said.low(i).isalpha() or not _belongs(said, i, first, is_titled, is_body):
                break
        elif not _joins(said, i):
            break
        end, i = i, i + 1
    if end is not None and end > first and not said.low(end).isalpha():
        end -= 1
    return end if end is not None and end >= first else None


def _belongs(said: AnalyzedText, i: int, first: int, is_titled: bool, is_body: bool) -> bool:
    """True when token `i` continues the name that begins at token `first`."""
    if is_titled and i > first:
        return said.is_titled(i) or (said.has(i, "particles") and said.is_titled(i + 1))
    if is_titled and is_body:
        return True
    return not _is_everyday(said, i) and (is_titled or i - first < _MOST_SMALL)


def _joins(said: AnalyzedText, i: int) -> bool:
    """True for a sign that joins two parts of a name: O'Neil, Al-Amin, A. Smith."""
    if said.is_sign(i, "'’-"):
        return not said.is_spaced(i) and not said.is_spaced(i + 1) and said.low(i + 1).isalpha()
    is_short = len(said.low(i - 1)) <= _LONGEST_INITIAL
    return said.is_sign(i, ".") and is_short and said.is_titled(i - 1) and said.is_titled(i + 1)


def _is_everyday(said: AnalyzedText, i: int) -> bool:
    """True for an ordinary word. "I" before a name is a name itself (I Gede)."""
    if said.tokens[i].text in ("I", "Ni") and said.is_titled(i + 1) and not said.is_ordinary(i + 1):
        return False
    return said.is_ordinary(i) or said.has(i, "ends")


def _before(said: AnalyzedText, found: WordMatch) -> Iterator[Span]:
    """A name that begins a clause before "here", "di sini"."""
    after, i = found.after, found.first
    if after < len(said) and not said.is_sign(after, ",.!;-") and not said.has(after, "origin"):
        return
    while found.first - i < _MOST_SMALL and said.is_titled(i - 1):
        i -= 1
    if i < found.first and not said.is_ordinary(i) and (said.starts_clause(i) or said.has(i - 1, "greeting")):
        yield from span(said, i, found.first - 1)


def _honoured(said: AnalyzedText) -> Iterator[Span]:
    """Names in any case after a pronoun and an honorific: "SAYA BU ENDANG", "ini mbak yuni"."""
    honorifics = said.words.of("honorific")
    for i in [i for i, token in enumerate(said.tokens) if token.low in honorifics]:
        before = i - 1 - said.has(i - 1, "articles")
        if not said.has(before, "speakers"):
            continue
        first = i + 1
        while first < i + _MOST_BETWEEN and (said.has(first, "honorific") or (
                said.is_sign(first, ".") and not said.is_spaced(first))):
            first += 1
        first += said.has(first, "roles")
        end = name_end(said, first, needs_title=False) if first < len(said) and not said.is_new_line(first) else None
        if end is None:
            continue
        is_ended = said.starts_clause(end + 1) or not said.low(end + 1).isalnum() or said.has(
            end + 1, "ends", "introduced", "origin")
        # "dr" is "dari" in chat too, and a verb may follow an honorific: "ini pak ditolak terus".
        is_from = said.has(i, "origin") and said.has(before, "own") and first == i + 1 and not (
            said.is_titled(i) or said.has(end + 1, "ends"))
        is_verb = said.words.is_verb(said.low(first)) and not said.is_titled(first) and not is_ended
        if not is_from and not is_verb:
            yield from span(said, first, end)


def _greeted(said: AnalyzedText, found: WordMatch) -> Iterator[Span]:
    """A name in lower case after a greeting and "I'm", before a sign or an introduction."""
    i, before = found.after, found.first - 1
    before -= said.is_sign(before, ",")
    if i >= len(said) or (before >= 0 and not said.has(before, "greeting")):
        return
    end = name_end(said, i, needs_title=False)
    if end is None or said.words.is_verb(said.low(i)):
        return
    is_clause = end + 1 == len(said) or said.is_sign(end + 1, ",.") or said.low(end + 1) == "and"
    if said.has(end + 1, "introduced") or (before >= 0 and is_clause):
        yield from span(said, i, end)
