"""Numbers that identify a person: of phones, identity cards, taxes, banks, cards, meetings; with any separators, or
attached to a word.

Every number of six digits or more counts, unless its shape, its unit or the word before it is harmless. A number that a
word announces, or that can be nothing else, always counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.privacy.numbers.digit_groups import Run, plain, runs
from bot.core.privacy.numbers.harmless_numbers import (
    is_amount,
    is_counted,
    is_moment_or_machine,
    is_spaced_date,
    is_version,
    machines,
)
from bot.core.privacy.numbers.public_phone_numbers import is_everybodys
from bot.core.privacy.people import links
from bot.core.privacy.secrets.looks_like_secret import shape
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span

_SHORTEST = 6
_SHORTEST_PHONE = 8
_SHORTEST_ABROAD = 7
_SHORTEST_MOBILE = 10
_SHORTEST_WITH_NOUGHTS = 11
_SHORTEST_CARD = 13
_DIGITS_OF_MEETING = (10, 11)
_SHORTEST_ANNOUNCED = 5
_FEWEST_BESIDE_LETTERS = 4
_REACH = 8
_REACH_OF_LABEL = 4
_REACH_OF_DOCUMENT = 14
_MOST_GLUED = 6
_MOST_BETWEEN = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of these numbers."""
    found = list(runs(said))
    yield from _announce(said, {run.first: run for run in found})
    kept = {at for span in (*machines(said.text), *links.public(said)) for at in range(*span)}
    listed = _in_lists(said, found)
    for run in found:
        for part in () if run.first in listed else _parts(said, run, kept):
            start = run.start if part[0] == run.first else said.tokens[part[0]].start
            end = run.end if part[-1] == run.last else said.tokens[part[-1]].end
            if _is_personal(said, run, part, said.text[start:end]):
                yield Span(start, end, "number")


def _in_lists(said: AnalyzedText, found: list[Run]) -> set[int]:
    """The first tokens of numbers that continue a list: of errors ("error 5003, then 104101"), or of numbers of one
    form with another label ("invoice 2024-00123 and 2024-00124")."""
    announcing = {phrase.first for phrase in said.find("number", "secret", "code")}
    faults, labels = said.words.of("faults"), said.words.of("labels") - said.words.of("products")
    listed, last, form = set[int](), -_REACH, ""
    for run in found:
        text = said.text[run.start:run.end]
        is_short = sum(map(str.isdecimal, text)) <= _SHORTEST_PHONE
        is_alike = shape(text) == form and run.first - last <= _MOST_BETWEEN
        is_next = run.first - last < _REACH and (is_alike or (is_short and not form)) and not run.announced and (
            announcing.isdisjoint(range(last + 1, run.first)))
        label = _before(said, run, run.first, is_short)
        if is_next:
            listed.add(run.first)
        elif label in faults or label in labels:
            form = "" if label in faults else shape(text)
        else:
            continue
        last = run.last
    return listed


def _announce(said: AnalyzedText, by_token: dict[int, Run]) -> Iterator[Span]:
    """Mark the runs that a word announces, and find announced numbers with letters. The number of a document may follow
    a question: "nomor paspor ya? X-1234567"."""
    for phrase in said.find("number"):
        if phrase.after - 1 in by_token:
            continue
        names = {said.words.stem(said.low(i)) for i in range(phrase.first, phrase.after)}
        is_document, is_far = not names.isdisjoint(said.words.of("documents")), False
        reach = _REACH_OF_DOCUMENT if is_document else _REACH
        for i in range(phrase.after, min(phrase.after + reach, len(said))):
            run = by_token.get(i)
            is_far |= said.is_sign(i, "?!;") or i - phrase.after >= _REACH
            if is_far and (not is_document or _is_said_of_another(said, i, run)):
                break
            if run and (_is_money(said, run) or (i > phrase.after and _is_grouped(said, run))):
                break
            if is_document and sum(map(str.isdecimal, said.low(i))) >= _FEWEST_BESIDE_LETTERS:
                start = said.tokens[_glued_before(said, i, phrase.after)].start
                if start < said.tokens[i].start:
                    yield Span(start, said.chunk(i)[1], "number")
            if run and not run.before:
                if i > phrase.after and len(said.low(i - 1)) <= 2 and said.tokens[i - 1].text.isupper():
                    run.start = said.tokens[i - 1].start
                run.announced = True
                run.called = not names.isdisjoint(said.words.of("phones"))
                break
            if sum(map(str.isdecimal, said.low(i))) >= _FEWEST_BESIDE_LETTERS:
                yield Span(*said.chunk(i), "number")
                break
    for run in by_token.values():
        glued = said.words.phrases([run.before], 0) if run.before.isalpha() else ()
        run.announced |= any(phrase.kind in ("number", "code") for phrase in glued)


def _is_money(said: AnalyzedText, run: Run) -> bool:
    """True for an amount with a currency before or after it. A currency before another number belongs to that
    number."""
    at = run.first - 1 - said.is_sign(run.first - 1, ".")
    before = run.before or said.low(at)
    is_before = before in said.words.of("currencies") and before not in said.words.of("units")
    after = run.last + 1
    while said.is_sign(after, ",-") and after - run.last < _MOST_GLUED:
        after += 1
    is_after = run.after in said.words.of("currencies") if run.after else (
        said.has(after, "currencies") and not said.low(after + 1).isdecimal()
        and (after == run.last + 1 or said.is_spaced(after)))
    return (is_before or is_after) and is_counted(said.text[said.tokens[run.first].start:run.end].lstrip(_LETTERS))


def _is_grouped(said: AnalyzedText, run: Run) -> bool:
    """True for a run that is grouped in thousands. Far from an announcement, that is no account number."""
    text = said.text[run.start:run.end]
    return not text.isdecimal() and is_amount(text)


def _is_said_of_another(said: AnalyzedText, i: int, run: Run | None) -> bool:
    """True for a number, far from the announcement, of an error, a time or a quantity."""
    last = run.last if run else i
    is_number = any(map(str.isdecimal, said.low(i)))
    return is_number and (
        said.words.stem(said.low(i - 1)) in said.words.of("labels") or said.has(last + 1, "units", "months", "per")
        or is_moment_or_machine(said.cut(*said.chunk(i))))


def _glued_before(said: AnalyzedText, i: int, least: int) -> int:
    """The first token of the letters and dashes attached to the front of token `i`, not before token `least`."""
    first = i
    for _ in range(_MOST_GLUED):
        before = first - 1
        if before < least or said.is_spaced(first) or not (said.low(before).isalnum() or said.is_sign(before, "-")):
            break
        first = before
    return first


def _parts(said: AnalyzedText, run: Run, kept: set[int]) -> Iterator[list[int]]:
    """The parts of a run, as tokens, between times, dates and IP addresses, which stay."""
    part: list[int] = []
    at = run.first
    while at <= run.last:
        end = min(said.last[at], run.last)
        start = run.start if at == run.first else said.tokens[at].start
        word = said.text[start:min(said.tokens[end].end, run.end)].strip("()[]{}.,:")
        if start in kept or is_moment_or_machine(word):
            if part:
                yield part
            part = []
        else:
            part += range(at, end + 1)
        at = end + 1
    if part:
        yield part


def _is_personal(said: AnalyzedText, run: Run, part: list[int], text: str) -> bool:
    figures = "".join(filter(str.isdecimal, plain(text)))
    if sum(map(str.isdecimal, text)) * 2 < len(figures):
        return False
    if _is_money(said, run) or (is_everybodys(text) and (run.called or not run.announced)):
        return False
    if run.announced and len(figures) >= _SHORTEST_ANNOUNCED:
        return True
    if len(figures) < _SHORTEST:
        return False
    of = said.words.of
    is_short = len(figures) <= _SHORTEST_PHONE
    before, after = _before(said, run, part[0], is_short), _after(said, run, part[-1])
    if before in of("currencies"):
        return False
    if _is_certain(text, figures):
        return True
    if " " in text and max(map(len, text.split())) <= 2:
        return False
    if is_amount(text) or is_version(text) or is_spaced_date(text.strip()):
        return False
    is_measured = after in of("units") or after in of("currencies")
    if is_measured and (is_short or is_counted(text)):
        return False
    is_meeting = before in of("products") and len(figures) in _DIGITS_OF_MEETING and "." not in text
    return is_meeting or not before or not (before in of("labels") or _is_code(said, run, part[0]))


def _is_certain(text: str, figures: str) -> bool:
    """True for a number that can only be of a phone, an identity card or a bank card."""
    if "+" in text:
        return len(figures) >= _SHORTEST_ABROAD
    if figures.startswith("00"):
        return len(figures) >= _SHORTEST_WITH_NOUGHTS
    if figures.startswith("0"):
        return len(figures) >= _SHORTEST_PHONE
    return len(figures) >= (_SHORTEST_MOBILE if figures.startswith("628") else _SHORTEST_CARD)


def _before(said: AnalyzedText, run: Run, first: int, is_short: bool) -> str:
    """The letters attached to a number, or the word before it; short numbers between them are skipped for a short
    one."""
    if run.before and first == run.first:
        return run.before
    at, reach = first - 1, _REACH if is_short else _REACH_OF_LABEL
    while at >= 0 and first - at <= reach:
        is_passed = said.has(at, "numerals") or (is_short and (said.low(at).isdecimal() or said.has(at, "joins")))
        if not is_passed and (said.low(at).isalnum() or said.has(at, "currencies")):
            break
        if said.is_sign(at, "?!;") or said.is_new_line(at + 1):
            return ""
        at -= 1
    return said.words.stem(said.low(at))


def _after(said: AnalyzedText, run: Run, last: int) -> str:
    """The unit after a number, attached or not."""
    if run.after and last == run.last:
        return run.after
    at = last + 1
    if said.is_sign(at, "/-+") or said.has(at, "per"):
        at += 1
    return said.low(at)


def _is_code(said: AnalyzedText, run: Run, first: int) -> bool:
    """True when letters are attached to a number as in codes: KB5034441, KLC-000014, INV/2026/00012."""
    if first != run.first or run.before:
        return first == run.first
    is_glued = first >= 2 and not said.is_spaced(first) and not said.is_spaced(first - 1)
    return is_glued and (said.is_sign(first - 1, "-#_") or (
        said.is_sign(first - 1, "/") and said.tokens[first - 2].text.isupper()))
