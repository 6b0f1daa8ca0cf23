"""The proposals as Markdown, for a person to read before anything is learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.tools.learning.feedback_rows import Asked
from bot.tools.learning.proposals import FEWEST_PEOPLE, Kind, Proposal

_SHOWN = 12
_NEAREST = 3
_ADVICE = {
    Kind.EXTEND: "Most of this is `{intent}`, of which the model was not sure. The patch adds the lines marked +.",
    Kind.NEW: "One topic, far from every intent: a new one (below), if Kilat shall answer it.",
    Kind.OUT_OF_SCOPE: "Out of scope. The patch adds the lines marked +, which the model took for something else; "
                       "what it declines already teaches it nothing. Asked often? Then think of a new topic.",
}


def report(proposals: Sequence[Proposal], understood: Sequence[Asked], objections: Mapping[str, str],
           model: str) -> str:
    """The whole report; `objections` says by text why it is not in the patch, `model` who has read the questions."""
    listed = [one for one in proposals if one.kind is not Kind.NOTHING]
    left = [one for one in proposals if one.kind is Kind.NOTHING]
    messages = sum(len(one.keys) for one in proposals)
    return "\n".join([
        "# What Kilat missed", "",
        f"{messages} messages, read again by the model {model}, in {len(listed)} groups. "
        "Next: `learn.patch` beside this file (docs/learning.md).", "",
        *_table(listed), "", *(line for one in listed for line in _section(one, objections)),
        *_left(left), *_mended(understood),
    ])


def _table(proposals: Iterable[Proposal]) -> Iterator[str]:
    yield "| Group | People | Languages | Proposal | Such as |"
    yield "|---|---|---|---|---|"
    for one in proposals:
        goal = f"extend `{one.intent}`" if one.kind is Kind.EXTEND else one.kind.value
        yield f"| {one.number} | {one.people} | {_languages(one)} | {goal} | {_cell(one.asked[0].text)} |"


def _section(one: Proposal, objections: Mapping[str, str]) -> Iterator[str]:
    yield f"## Group {one.number}: {one.kind.value}" + (f" `{one.intent}`" if one.kind is Kind.EXTEND else "")
    yield ""
    yield _ADVICE[one.kind].format(intent=one.intent)
    yield ""
    yield f"- {one.people} people, {len(one.keys)} messages: {_languages(one)}"
    yield "- meant, on the mean (probability, share of the nearest training lines): " + ", ".join(
        f"`{intent}` {share:.0%}, {near:.0%}" for intent, share, near in one.support)
    yield f"- likeness within the group: {one.cohesion:.2f}"
    for text, intent in _nearest(one):
        yield f"- near: {_cell(text)} (`{intent}`)"
    yield ""
    picked = {asked.text for asked in one.picked if one.intent}
    for asked in [*one.picked, *(asked for asked in one.asked if asked not in one.picked)][:_SHOWN]:
        is_added = asked.text in picked and asked.text not in objections
        guess = f"`{asked.ranking[0][0]}` {asked.ranking[0][1]:.0%}" if asked.ranking else f"`{asked.intent}`"
        why = f"; left out: {objections[asked.text]}" if asked.text in objections else ""
        yield f"{'+' if is_added else '-'} {_cell(asked.text)} ({', '.join(sorted(asked.languages))}, {guess}{why})"
    if len(one.asked) > _SHOWN:
        yield f"- … and {len(one.asked) - _SHOWN} more wordings"
    yield ""
    if one.kind is Kind.NEW:
        yield from _sketch(one, objections)


def _sketch(one: Proposal, objections: Mapping[str, str]) -> Iterator[str]:
    """A start for the steps of CONTRIBUTING.md; deliberately no part of the patch."""
    neighbours = ", ".join(intent for intent, *_ in one.support)
    yield "A start, by the steps of CONTRIBUTING.md, \"Add an intent\" (the name and the words are yours):"
    yield ""
    yield "```yaml"
    yield "# 1. data/topics.yml"
    yield f"# new_topic_{one.number}:"
    yield "#   file: …"
    yield f"#   about: what it means, and where its neighbours begin: {neighbours}"
    yield "# data/locales/<language>/topics.yml: its title"
    yield "# 2. data/nlu/….yml: these, and more in other people's words (60 at least)"
    yield f"# - intent: new_topic_{one.number}"
    yield "#   examples: |"
    yield from (f"#     - {asked.text}" for asked in one.picked if asked.text not in objections)
    yield "# 3. answer, 4. questions that test it, 5. make train, make check"
    yield "```"
    yield ""


def _left(proposals: Sequence[Proposal]) -> Iterator[str]:
    if proposals:
        yield "## Nothing to propose"
        yield ""
        yield f"Fewer than {FEWEST_PEOPLE} people, or too mixed. They stay, for the next time more may ask the same."
        yield ""
        for one in proposals:
            yield f"- {one.number}: " + "; ".join(_cell(asked.text) for asked in one.asked[:_NEAREST])
        yield ""


def _mended(understood: Sequence[Asked]) -> Iterator[str]:
    if understood:
        yield "## Understood since"
        yield ""
        yield "The model of today is sure of these. They are settled with `kilat learn take`."
        yield ""
        yield from (f"- {_cell(asked.text)} (`{asked.intent}`)" for asked in understood)
        yield ""


def _languages(one: Proposal) -> str:
    return ", ".join(f"{language} {count}" for language, count in one.languages)


def _nearest(one: Proposal) -> list[tuple[str, str]]:
    """The training lines that lie nearest to most of the group."""
    near = Counter((neighbour.text, neighbour.intent) for asked in one.asked for neighbour in asked.nearest)
    return [line for line, _ in near.most_common(_NEAREST)]


def _cell(text: str) -> str:
    """A visitor's text that can't break a table, nor turn into a link or HTML."""
    return "".join(f"\\{letter}" if letter in r"\`*_[]<>|" else letter for letter in text)
