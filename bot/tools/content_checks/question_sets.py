"""Each intent has test questions in `tests/nlu/questions/`, and its file a gate in `gates.yml`; each question is whole,
and stands once."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read, read_folder
from bot.languages import LANGUAGES

FEWEST = 4
_FIELDS = ("say", "lang", "kind", "intent")
# Of two languages at once; of none that Kilat answers in.
_LANGUAGES = (*LANGUAGES, "mixed", "other")


def check(data: Path) -> Iterator[str]:
    """Compare the topics with the test set beside `data`; no problems in an installed copy without tests."""
    folder = data.parent / "tests" / "nlu"
    if not (folder / "questions").is_dir():
        return
    topics = read(data / "topics.yml")
    questions = [question for file in read_folder(folder / "questions") for question in file.items()]
    yield from _questions(questions, topics.entries().keys())
    asked = [intent for question in questions for intent in _intents(question)]
    gates = read(folder / "gates.yml").entry("questions").entry("topics")
    for intent, topic in topics.pairs():
        count = asked.count(intent.text)
        if count < FEWEST:
            yield intent.problem(f"tests/nlu/questions asks {count} times for {intent.text}. Write {FEWEST} questions "
                                 "at least, without a look at data/nlu.")
        file = topic.entry("file")
        if file.text not in gates.entries():
            yield gates.problem(f"the topics of the file {file.text} have no bar. Write down what they must reach.")


def _questions(questions: Sequence[YamlNode], known: Container[str]) -> Iterator[str]:
    """Check each question: its fields, language and intents, and that it is asked once."""
    first: dict[str, str] = {}
    for question in questions:
        entries = question.entries()
        for field in _FIELDS:
            if field not in entries:
                yield question.problem(f"the question has no {field}. Add it.")
        if (lang := entries.get("lang")) and lang.text not in _LANGUAGES:
            yield lang.problem(f"the language {lang.text} is unknown. Use one of {', '.join(_LANGUAGES)}.")
        for intent in _intents(question):
            if intent not in known:
                yield question.problem(f"the intent {intent} is missing in topics.yml. Mend its name, or describe it.")
        if say := entries.get("say"):
            if say.text in first:
                yield say.problem(f"{say.text!r} is asked at {first[say.text]} already. Keep one of them.")
            first.setdefault(say.text, say.at)


def _intents(question: YamlNode) -> list[str]:
    """The names under `intent`: one, or a list of them; none where it is missing."""
    if (named := question.entries().get("intent")) is None:
        return []
    return [one.text for one in named.items()] if named.is_list else [named.text]
