"""Each word of the vocabulary stands in lower case under one value of its entity; code and facts know the values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read, read_folder
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES
from bot.core.triage import PRIORITIES
from bot.languages import LANGUAGES
from bot.tools.content_checks import code_usage

_FILES = ("customer", "support", "country", "brand")
# The values that the code handles, for entities with a closed list.
_HANDLED: dict[str, tuple[str, ...]] = {
    "plan": PLANS, "account_type": ACCOUNT_TYPES, "role": ROLES, "priority": PRIORITIES,
    "licensed": ("yes", "no"), "paid": ("yes",), "target_language": LANGUAGES,
    "field": ("email", "subject", "description", "priority"),
}
# Where the facts list values: (entity, file, key). Each must have words, except those that nobody asks for by name.
_FACTS = (
    ("plan", "customers", "plans"), ("account_type", "customers", "account_types"), ("role", "customers", "roles"),
    ("priority", "priorities", "priorities"), ("channel", "channels", "channels"),
    ("country", "phone_lines", "phone_lines"))
_WITHOUT_WORDS = {("channel", "account_manager")}


def check(data: Path) -> Iterator[str]:
    """Check the words, then compare the values with code and facts."""
    folder = data / "vocabulary"
    for file in read_folder(folder):
        yield from _spelling(file)
    entities = {
        entry.entry("entity").text: entry.entry("values")
        for name in _FILES for entry in read(folder / f"{name}.yml").items()
    }
    for entity, values in entities.items():
        yield from _repeated(entity, values)
    yield from _repeated("a spelling", read(folder / "spelling.yml"))
    yield from _against_code(folder, entities)
    yield from _against_facts(data, entities)


def _spelling(part: YamlNode) -> Iterator[str]:
    for word in _leaves(part):
        if not word.is_text:
            yield word.problem(f"{word.text} is no text to YAML. Put it in quotation marks.")
        elif word.text != word.text.lower() or word.text != " ".join(word.text.split()):
            yield word.problem(f"{word.text!r} is not plain lower case. Write {' '.join(word.text.lower().split())!r}.")


def _leaves(part: YamlNode) -> Iterator[YamlNode]:
    """The words of every list within `part`."""
    for mapping in part.mappings():
        for _, value in mapping.pairs():
            if value.is_list:
                yield from (item for item in value.items() if item.is_scalar)


def _repeated(entity: str, values: YamlNode) -> Iterator[str]:
    owner: dict[str, str] = {}
    for value, words in values.pairs():
        for word in words.items():
            folded = word.text.lower()
            if folded in owner:
                other = owner[folded]
                also = f"stands under {other} too" if other != value.text else f"stands under {other} twice"
                yield word.problem(f"{entity}: {word.text!r} {also}. Keep it once.")
            owner.setdefault(folded, value.text)


def _against_code(folder: Path, entities: dict[str, YamlNode]) -> Iterator[str]:
    answered = {"channel": code_usage.constant("CHANNEL_TOPICS"), "feature": code_usage.constant("FEATURE_TOPICS")}
    for entity, handled in {**_HANDLED, **answered}.items():
        if entity not in entities:
            yield f"{folder}:1: the entity {entity} is missing, which the code reads. Put it back."
            continue
        values = {key.text: key for key, _ in entities[entity].pairs()}
        for name in sorted(values.keys() - set(handled)):
            yield values[name].problem(f"the code does not know the {entity} {name}. Use one of {', '.join(handled)}.")
        for name in sorted(set(handled) - values.keys()):
            yield entities[entity].problem(f"the {entity} {name}, which the code knows, has no words. Add some.")


def _against_facts(data: Path, entities: dict[str, YamlNode]) -> Iterator[str]:
    for entity, name, key in _FACTS:
        words = entities[entity].entries() if entity in entities else {}
        listed = read(data / "knowledge" / f"{name}.yml").entry(key)
        for value in listed.items() if listed.is_list else (value for value, _ in listed.pairs()):
            known = value.text in words and words[value.text].items()
            if not known and (entity, value.text) not in _WITHOUT_WORDS:
                yield value.problem(f"the {entity} {value.text} has no words in data/vocabulary. Add some there.")
