"""Each intent has test questions in `tests/nlu/questions/`, and its file a gate in `gates.yml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read, read_folder

FEWEST = 4


def check(data: Path) -> Iterator[str]:
    """Compare the topics with the test set beside `data`; no problems in an installed copy without tests."""
    folder = data.parent / "tests" / "nlu"
    if not (folder / "questions").is_dir():
        return
    asked = [intent for file in read_folder(folder / "questions") for question in file.items()
             for intent in _intents(question)]
    gates = read(folder / "gates.yml").entry("questions").entry("topics")
    for intent, topic in read(data / "topics.yml").pairs():
        count = asked.count(intent.text)
        if count < FEWEST:
            yield intent.problem(f"tests/nlu/questions asks {count} times for {intent.text}. Write {FEWEST} questions "
                                 "at least, without a look at data/nlu.")
        file = topic.entry("file")
        if file.text not in gates.entries():
            yield gates.problem(f"the topics of the file {file.text} have no bar. Write down what they must reach.")


def _intents(question: YamlNode) -> list[str]:
    """The names under `intent`: one, or a list of them."""
    named = question.entry("intent")
    return [one.text for one in named.items()] if named.is_list else [named.text]
