"""Counts the steps that a regular expression takes at worst: a small backtracking matcher over Python's own parse tree.

It tries what the engine would try, in the same order, and counts each look at a character and each way that it goes on
after a choice. It knows none of the engine's short cuts (a literal that must occur, a set of first characters), so it
counts at least what the engine does: an upper bound.
"""

from __future__ import annotations

import re
import sre_constants as c
import sre_parse
from collections.abc import Callable, Sequence
from typing import Any

Groups = dict[int, tuple[int, int]]
Next = Callable[[int, Groups], bool]
_ONE = (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN)


class TooMany(Exception):
    """The count has gone past what was allowed."""


class Counter:
    """Matches one expression against texts; raises `TooMany` after `most` steps. Repeats of more than one character
    recurse: give the interpreter room (`sys.setrecursionlimit`, `threading.stack_size`)."""

    def __init__(self, pattern: re.Pattern[str], most: int = 5_000_000) -> None:
        self.tree = sre_parse.parse(pattern.pattern, pattern.flags & ~re.DEBUG & ~re.TEMPLATE).data
        self.most, self.steps, self.text = most, 0, ""
        # Flags and nodes are asked millions of times, and both are slow to ask.
        self.is_any_case, self.is_ascii, self.is_multi, self.is_dot_all = (
            bool(pattern.flags & flag) for flag in (re.IGNORECASE, re.ASCII, re.MULTILINE, re.DOTALL))
        self.known: dict[tuple[int, str], bool] = {}

    def count(self, text: str, is_anchored: bool = False) -> int:
        """The steps of `finditer` or `sub` over all of `text`, which are those of `search` at least; `is_anchored`:
        those of `match` or `fullmatch`."""
        self.steps, self.text, at = 0, text, 0
        while at <= len(text):
            ends: list[int] = []

            def done(end: int, _groups: Groups, ends: list[int] = ends) -> bool:
                ends.append(end)
                return True

            self._walk(self.tree, 0, at, {}, done)
            if is_anchored:
                break
            at = ends[-1] if ends and ends[-1] > at else at + 1
        return self.steps

    def _walk(self, nodes: Sequence[Any], index: int, at: int, groups: Groups, done: Next) -> bool:
        """Whether `nodes` from `index` on match at `at`, and `done` accepts where that ends."""
        if index == len(nodes):
            return done(at, groups)
        self._step()
        node = op, value = nodes[index]

        def go_on(end: int, now: Groups) -> bool:
            return self._walk(nodes, index + 1, end, now, done)

        if op in _ONE:
            return at < len(self.text) and self._takes(node, self.text[at]) and go_on(at + 1, groups)
        if op is c.AT:
            return self._stands(value, at) and go_on(at, groups)
        if op is c.BRANCH:
            return any(self._walk(way.data, 0, at, groups, go_on) for way in value[1])
        if op is c.SUBPATTERN:
            group, _added, _taken, inside = value

            def closed(end: int, now: Groups) -> bool:
                return go_on(end, {**now, group: (at, end)} if group is not None else now)

            return self._walk(inside.data, 0, at, groups, closed)
        if op in (c.ASSERT, c.ASSERT_NOT):
            direction, inside = value
            start = at - inside.getwidth()[0] if direction < 0 else at
            found: list[Groups] = []

            def kept(end: int, now: Groups) -> bool:
                found.append(now)
                return direction > 0 or end == at

            is_there = start >= 0 and self._walk(inside.data, 0, start, groups, kept)
            return is_there == (op is c.ASSERT) and go_on(at, found[0] if found and op is c.ASSERT else groups)
        if op is c.GROUPREF:
            if value not in groups:
                return False
            piece = self.text[slice(*groups[value])]
            self.steps += len(piece)
            return self.text.startswith(piece, at) and go_on(at + len(piece), groups)
        if op in (c.MAX_REPEAT, c.MIN_REPEAT):
            return self._repeat(op, value, at, groups, go_on)
        raise NotImplementedError(str(op))

    def _repeat(self, op: Any, value: Any, at: int, groups: Groups, go_on: Next) -> bool:
        least, most, body = value[0], value[1], value[2].data
        if len(body) == 1 and body[0][0] in _ONE:
            return self._repeat_one(op, least, most, body[0], at, groups, go_on)

        def again(count: int, here: int, now: Groups) -> bool:
            self._step()

            def more() -> bool:
                return (most is c.MAXREPEAT or count < most) and self._walk(
                    body, 0, here, now, lambda end, then: (end > here or count < least) and again(count + 1, end, then))

            if count < least:
                return more()
            return (more() or go_on(here, now)) if op is c.MAX_REPEAT else (go_on(here, now) or more())

        return again(0, at, groups)

    def _repeat_one(self, op: Any, least: int, most: Any, one: Any, at: int, groups: Groups, go_on: Next) -> bool:
        """A repeat of one character, without recursion."""
        end, last = at, len(self.text) if most is c.MAXREPEAT else min(len(self.text), at + int(most))
        if op is c.MIN_REPEAT:
            while True:
                if end - at >= least and go_on(end, groups):
                    return True
                self._step()
                if end >= last or not self._takes(one, self.text[end]):
                    return False
                end += 1
        while end < last and self._takes(one, self.text[end]):
            self._step()
            end += 1
        while end - at >= least:
            if go_on(end, groups):
                return True
            end -= 1
        return False

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.most:
            raise TooMany

    def _takes(self, node: Any, sign: str) -> bool:
        """Whether a character is what a node asks for; the tree keeps its nodes, so each has an id of its own."""
        key = id(node), sign
        if key not in self.known:
            self.known[key] = self._is(*node, sign)
        return self.known[key]

    def _is(self, op: Any, value: Any, sign: str) -> bool:
        if op is c.ANY:
            return sign != "\n" or self.is_dot_all
        if op is c.IN:
            is_in = any(self._is(kind, part, sign) for kind, part in value if kind is not c.NEGATE)
            return is_in != (value[0][0] is c.NEGATE)
        forms = {sign, sign.lower(), sign.upper()} if self.is_any_case else {sign}
        if op is c.RANGE:
            return any(len(form) == 1 and value[0] <= ord(form) <= value[1] for form in forms)
        if op is c.CATEGORY:
            return self._is_category(value, sign)
        return (chr(value) in forms) == (op is c.LITERAL)

    def _is_category(self, category: Any, sign: str) -> bool:
        name = str(category)
        is_known = sign.isascii() or not self.is_ascii
        is_word = sign.isalnum() or sign == "_"
        is_in = is_known and (sign.isdecimal() if "DIGIT" in name else sign.isspace() if "SPACE" in name else is_word)
        return is_in != ("NOT" in name)

    def _stands(self, where: Any, at: int) -> bool:
        """Whether a place in the text is a beginning, an end or a boundary."""
        text, is_multi = self.text, self.is_multi
        if where in (c.AT_BEGINNING, c.AT_BEGINNING_STRING):
            return at == 0 or (where is c.AT_BEGINNING and is_multi and text[at - 1] == "\n")
        if where in (c.AT_END, c.AT_END_STRING):
            rest = text[at:at + 2]
            return not rest or (where is c.AT_END and (rest == "\n" or (is_multi and rest[0] == "\n")))
        before, after = (0 <= i < len(text) and self._is_category("WORD", text[i]) for i in (at - 1, at))
        return (before != after) == (where is c.AT_BOUNDARY)


def hostile(pattern: re.Pattern[str], alphabet: str) -> list[tuple[str, str, str]]:
    """Texts that a pattern may dislike, made of it: what comes before one of its repeats, what that repeats, and what
    then breaks the match. Every repeat is pumped with each character of the alphabet that it takes, and a sample."""
    counter = Counter(pattern)
    texts: list[tuple[str, str, str]] = []

    def sample(nodes: Sequence[Any]) -> str:
        return "".join(one(*node) for node in nodes)

    def one(op: Any, value: Any) -> str:
        if op in _ONE:
            taken = (sign for sign in alphabet if counter._is(op, value, sign))
            return chr(value) if op is c.LITERAL else next(taken, "")
        if op is c.BRANCH:
            return sample(list(value[1][0]))
        if op is c.SUBPATTERN:
            return sample(list(value[3]))
        if op in (c.MAX_REPEAT, c.MIN_REPEAT):
            return sample(list(value[2])) * max(1, value[0])
        return ""

    def visit(nodes: Sequence[Any], before: str) -> None:
        for op, value in nodes:
            inside: list[Any] = []
            if op is c.SUBPATTERN:
                inside = [value[3]]
            elif op is c.BRANCH or op in (c.ASSERT, c.ASSERT_NOT):
                inside = list(value[1]) if op is c.BRANCH else [value[1]]
            elif op in (c.MAX_REPEAT, c.MIN_REPEAT):
                body = list(value[2])
                inside, pumps = [body], {sample(body)}
                if len(body) == 1 and body[0][0] in _ONE:
                    pumps |= {sign for sign in alphabet if counter._is(*body[0], sign)}
                ends = [(start, end) for start in ("", before) for end in ("", "\0", " @")]
                texts.extend((start, pump, end) for pump in sorted(pumps) if pump for start, end in ends)
            for part in inside:
                visit(list(part), before)
            before += one(op, value)

    visit(counter.tree, "")
    whole = sample(counter.tree)
    texts += [("", pump, "\0") for pump in (whole, whole + " ", whole[:-1], whole[:1]) if pump]
    return list(dict.fromkeys(texts))
