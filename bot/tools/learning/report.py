"""The proposals as Markdown, for a person to read before anything is learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.tools.learning.feedback_rows import FeedbackRow
from bot.tools.learning.proposals import MIN_PEOPLE, Kind, Proposal

_SHOWN = 12
_NEAREST = 3
_ADVICE = {
    Kind.EXTEND: "Most of this is `{intent}`, of which the model was not sure. The patch adds the lines marked +.",
    Kind.NEW: "One topic, far from every intent: a new one (below), if Kilat shall answer it.",
    Kind.OUT_OF_SCOPE: "Out of scope. The patch adds the lines marked +, which the model took for something else; "
                       "what it declines already teaches it nothing. Asked often? Then think of a new topic.",
}
_SKETCH = """\
A start, by the steps of CONTRIBUTING.md, "Add an intent" (the name and the words are yours):

```yaml
# 1. data/topics.yml
# new_topic_{number}:
#   file: …
#   about: what it means, and where its neighbours begin: {neighbours}
# data/locales/<language>/topics.yml: its title
# 2. data/nlu/….yml: these, and more in other people's words (60 at least)
# - intent: new_topic_{number}
#   examples: |
{examples}
# 3. answer, 4. questions that test it, 5. make train, make check
```
"""


def report(proposals: Sequence[Proposal], understood: Sequence[FeedbackRow], rejections: Mapping[str, str],
           model: str) -> str:
    """The report. `rejections`: text to the reason why the patch lacks it; `model`: the version that parsed the
    questions."""
    listed = [one for one in proposals if one.kind is not Kind.NOTHING]
    left = [one for one in proposals if one.kind is Kind.NOTHING]
    messages = sum(len(one.keys) for one in proposals)
    return "\n".join([
        "# What Kilat missed", "",
        f"{messages} messages, read again by the model {model}, in {len(listed)} groups. "
        "Next: `learn.patch` beside this file (docs/learning.md).", "",
        *_table(listed), "", *(line for one in listed for line in _section(one, rejections)),
        *_left(left), *_understood(understood),
    ])


def _table(proposals: Iterable[Proposal]) -> Iterator[str]:
    yield "| Group | People | Languages | Proposal | Such as |"
    yield "|---|---|---|---|---|"
    for one in proposals:
        goal = f"extend `{one.intent}`" if one.kind is Kind.EXTEND else one.kind.value
        yield f"| {one.number} | {one.people} | {_languages(one)} | {goal} | {_cell(one.rows[0].text)} |"


def _section(one: Proposal, rejections: Mapping[str, str]) -> Iterator[str]:
    yield f"## Group {one.number}: {one.kind.value}" + (f" `{one.intent}`" if one.kind is Kind.EXTEND else "") + "\n"
    yield _ADVICE[one.kind].format(intent=one.intent) + "\n"
    yield f"- {one.people} people, {len(one.keys)} messages: {_languages(one)}"
    yield "- meant, on the mean (probability, share of the nearest training lines): " + ", ".join(
        f"`{intent}` {share:.0%}, {near:.0%}" for intent, share, near in one.support)
    yield f"- likeness within the group: {one.cohesion:.2f}"
    for text, intent in _nearest(one):
        yield f"- near: {_cell(text)} (`{intent}`)"
    yield ""
    picked = {row.text for row in one.picked if one.intent}
    for row in [*one.picked, *(row for row in one.rows if row not in one.picked)][:_SHOWN]:
        is_added = row.text in picked and row.text not in rejections
        guess = f"`{row.ranking[0][0]}` {row.ranking[0][1]:.0%}" if row.ranking else f"`{row.intent}`"
        why = f"; left out: {rejections[row.text]}" if row.text in rejections else ""
        yield f"{'+' if is_added else '-'} {_cell(row.text)} ({', '.join(sorted(row.languages))}, {guess}{why})"
    if len(one.rows) > _SHOWN:
        yield f"- … and {len(one.rows) - _SHOWN} more wordings"
    yield ""
    if one.kind is Kind.NEW:
        yield from _sketch(one, rejections)


def _sketch(one: Proposal, rejections: Mapping[str, str]) -> Iterator[str]:
    """A sketch of a new topic, by the steps of CONTRIBUTING.md; deliberately no part of the patch."""
    examples = "\n".join(f"#     - {row.text}" for row in one.picked if row.text not in rejections)
    yield _SKETCH.format(
        number=one.number, neighbours=", ".join(intent for intent, *_ in one.support), examples=examples)


def _left(proposals: Sequence[Proposal]) -> Iterator[str]:
    if proposals:
        yield "## Nothing to propose\n"
        yield f"Fewer than {MIN_PEOPLE} people, or too mixed. They stay, for the next time more may ask the same.\n"
        for one in proposals:
            yield f"- {one.number}: " + "; ".join(_cell(row.text) for row in one.rows[:_NEAREST])
        yield ""


def _understood(understood: Sequence[FeedbackRow]) -> Iterator[str]:
    if understood:
        yield "## Understood since\n"
        yield "The model of today is sure of these. They are settled with `kilat learn take`.\n"
        yield from (f"- {_cell(row.text)} (`{row.intent}`)" for row in understood)
        yield ""


def _languages(one: Proposal) -> str:
    return ", ".join(f"{language} {count}" for language, count in one.languages)


def _nearest(one: Proposal) -> list[tuple[str, str]]:
    """(text, intent) of the training lines that are nearest to most wordings of the group."""
    near = Counter((neighbour.text, neighbour.intent) for row in one.rows for neighbour in row.nearest)
    return [line for line, _ in near.most_common(_NEAREST)]


def _cell(text: str) -> str:
    """A visitor's text, escaped so that it can't break a table or become a link or HTML."""
    return "".join(f"\\{letter}" if letter in r"\`*_[]<>|" else letter for letter in text)
