"""Reads the wording: `data/locales/`, `data/patterns/`, `topics.yml` and `greeting.yml`."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.anonymizer import read_anonymizer
from bot.adapters.locales import read_locales
from bot.adapters.yaml_reader import load
from bot.core.command import Command
from bot.core.question import CueFinder
from bot.services.wording import Topic, Wording


def read_wording(data: Path) -> Wording:
    """The wording of every language."""
    titles, notices = read_locales(data, "topics"), read_locales(data, "notice")
    topics = {
        intent: Topic(entry["file"], {language: texts[intent] for language, texts in titles.items()},
                      tuple(entry.get("next", ())), frozenset(entry.get("accepts", ())))
        for intent, entry in load(data / "topics.yml").items()}
    commands = load(data / "patterns" / "commands.yml")
    around = commands.pop("around")
    cues = CueFinder(
        load(data / "patterns" / "question_cues.yml")["cues"],
        {name: Command(command["says"], [*around, *command["around"]]) for name, command in commands.items()})
    return Wording(read_locales(data, "phrases"), read_locales(data, "responses"), topics, cues,
                   tuple(load(data / "greeting.yml")["questions"]),
                   {language: texts["notice"] for language, texts in notices.items() if texts}, read_anonymizer(data))
