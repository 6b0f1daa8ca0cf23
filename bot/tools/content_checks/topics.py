"""topics.yml, nlu, stories and domain have the same intents; the titles, next topics and files of topics exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.locales import FOLDER
from bot.adapters.yaml_reader import YamlNode, read, read_folder
from bot.languages import LANGUAGES
from bot.services.answer import MODULES
from bot.services.dialogue.intent_correction import NOT_UNDERSTOOD
from bot.settings import ROOT
from bot.tools.content_checks import locales

MOST_BUTTONS = 3
_BY_HAND = "Add it there, or remove the topic", "remove it"
_WRITTEN = "Run `kilat train`, which writes it", "run `kilat train`, which removes it"
_ANSWERS = ROOT / "bot" / "services" / "answer"
_FIELDS = frozenset({"file", "about", "next", "accepts"})
_KINDS = frozenset({"country", "priority", "plan", "customer", "channel", "feature"})


def check(data: Path) -> Iterator[str]:
    """Check each topic by itself, then compare the lists of intents."""
    topics_file = read(data / "topics.yml")
    topics = {key.text: (key, topic) for key, topic in topics_file.pairs()}
    taught = {intent.text: intent for file in read_folder(data / "nlu")
              for intent in _named(file.entry("nlu"), "intent")}
    ruled = {intent.text: intent for file in read_folder(data / "stories") for intent in _named(file, "intent")}
    listed = {intent.text: intent for intent in read(ROOT / "domain.yml").entry("intents").items()}
    for name, (_, topic) in topics.items():
        yield from _topic(name, topic, frozenset(topics))
        file = topic.entries().get("file")
        if file and name in taught and taught[name].path.stem != file.text:
            yield file.problem(f"the examples of {name} stand in {taught[name].path.name}. Name it, or move them.")
        if file and file.text not in MODULES and (_ANSWERS / f"{file.text}.py").exists():
            yield file.problem(f"bot/services/answer/{file.text}.py answers nothing of {name}. Name the module in "
                               "`MODULES` of bot/services/answer/__init__.py.")
    known = {name: key for name, (key, _) in topics.items()}
    yield from _differences("data/nlu", known, taught, _BY_HAND)
    known_to_rasa = {**known, NOT_UNDERSTOOD: topics_file}
    yield from _differences("data/stories", known_to_rasa, ruled, _WRITTEN)
    yield from _differences("domain.yml", known_to_rasa, listed, _WRITTEN)
    titles = {name: text for (_, name), text in locales.texts(data, LANGUAGES[0], "topics").items()}
    yield from _differences(f"data/{FOLDER}/{LANGUAGES[0]}/topics.yml", known, titles, _BY_HAND)


def _differences(
    where: str, known: dict[str, YamlNode], intents: dict[str, YamlNode], remedies: tuple[str, str]
) -> Iterator[str]:
    """Topics that `where` lacks, and intents of `where` that are no topic, with the remedy for each."""
    for name in sorted(known.keys() - intents.keys()):
        yield known[name].problem(f"the intent {name} is missing in {where}. {remedies[0]}.")
    for name in sorted(intents.keys() - known.keys()):
        yield intents[name].problem(f"the intent {name} is missing in topics.yml. Describe it there, or {remedies[1]}.")


def _named(part: YamlNode, key: str) -> Iterator[YamlNode]:
    """The values of `key` in every mapping within `part`."""
    for mapping in part.mappings():
        entries = mapping.entries()
        if key in entries:
            yield entries[key]


def _topic(name: str, topic: YamlNode, known: frozenset[str]) -> Iterator[str]:
    entries = topic.entries()
    for field in sorted(entries.keys() - _FIELDS):
        yield entries[field].problem(f"{name}: the field {field} is unknown. Use one of {_listed(_FIELDS)}.")
    for field in ("file", "about"):
        if field not in entries or not entries[field].text.strip():
            yield topic.problem(f"{name} has no {field}. Add it.")
    following = entries["next"].items() if "next" in entries else []
    if len(following) > MOST_BUTTONS:
        yield entries["next"].problem(f"{name} has {len(following)} next topics. Keep {MOST_BUTTONS} at most.")
    for item in following:
        if item.text not in known:
            yield item.problem(f"{name}: the next topic {item.text} does not exist. Name one of this file.")
        elif item.text == name or [other.text for other in following].count(item.text) > 1:
            yield item.problem(f"{name}: the next topic {item.text} is itself or stands twice. Name another one.")
    for item in entries["accepts"].items() if "accepts" in entries else []:
        if item.text not in _KINDS:
            yield item.problem(f"{name} accepts the unknown kind {item.text}. Use one of {_listed(_KINDS)}.")


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
