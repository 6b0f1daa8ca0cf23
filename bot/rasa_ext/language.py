"""Sets the entity `language`, one of `data/languages.yml`, where a message tells its language.

Function words decide first, then nouns and verbs, then lingua, restricted to those languages (docs/decisions/0005).
Equal counts of function words mean a mixed sentence, and so do English nouns beside anything Indonesian: Indonesian
speakers write both. A message that tells nothing ("ok", "P1", "Jepang?") sets no entity, and the conversation keeps its
language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.adapters.yaml_reader import load
from bot.languages import COMPLETE, LANGUAGES
from bot.rasa_ext.vocabulary_extractor import FOUND_ENTITIES, blanked

ENTITY = "language"
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+|https?://\S+|www\.\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[¿¡]")
# Its speakers mix in words of the other languages.
PRIMARY = LANGUAGES[0]
MIN_CONFIDENCE = 0.75
MIN_CONFIDENCE_OF_ONE_WORD = 0.9
# lingua reads so many letters of the words that no list has: enough to tell, and each letter costs.
MAX_LETTERS = 300


class MessageLanguageDetector:
    """Tells a language by lists of words and by character statistics."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._neutral = frozenset(words["neutral"])
        self._function, self._content = (
            {language: frozenset(listed[tier]) for language, listed in words.items() if language != "neutral"}
            for tier in ("function", "content")
        )
        codes = [getattr(IsoCode639_1, language.upper()) for language in LANGUAGES]
        self._lingua: LanguageDetector = (
            LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models().build())

    @classmethod
    def from_file(cls, path: Path) -> MessageLanguageDetector:
        """With the words of a YAML file: `{neutral: [words], LANGUAGE: {function: [words], content: [words]}}`."""
        return cls(load(path))

    def detect(self, text: str, values: Sequence[tuple[int, int]] = ()) -> str | None:
        """The language of `text`, or `None`. `values` are the offsets (start, end) of names ("Hong Kong", "Premier"):
        a name may be a content word, but its letters tell nothing."""
        tokens, beside_names = _tokens(text), _tokens(blanked(text, values))
        # "Rio de Janeiro" is no Spanish; the complete languages have no such names.
        counts = {language: sum(token in words for token in (tokens if language in COMPLETE else beside_names))
                  for language, words in self._function.items()}
        nouns = [language for language, words in self._content.items() if not words.isdisjoint(tokens)]
        if any(counts.values()):
            # "Ya no funciona": nouns decide between a word that two languages have; those that are mixed in never do.
            likeliest = max(counts, key=lambda name: (counts[name], name in nouns and name not in COMPLETE))
            return likeliest if likeliest in LANGUAGES else None
        if PRIMARY in nouns:
            return PRIMARY
        known = self._neutral.union(*self._content.values())
        rest = [token for token in beside_names if token not in known]
        if nouns:
            letters, share = self._by_letters(rest, (PRIMARY, nouns[0]))
            return PRIMARY if letters == PRIMARY and share >= MIN_CONFIDENCE_OF_ONE_WORD else nouns[0]
        letters, share = self._by_letters(rest, LANGUAGES)
        return letters if share >= (MIN_CONFIDENCE if len(rest) > 1 else MIN_CONFIDENCE_OF_ONE_WORD) else None

    def _by_letters(self, words: Sequence[str], languages: Sequence[str]) -> tuple[str | None, float]:
        """The likeliest language of words that no list has, and its probability (0 to 1) among itself and the complete
        languages: unlikely further languages raise no doubt."""
        if not words:
            return None, 0.0
        found = self._lingua.compute_language_confidence_values(" ".join(words)[:MAX_LETTERS])
        shares = {value.language.iso_code_639_1.name.lower(): value.value for value in found}
        likeliest = max(languages, key=lambda language: shares[language])
        beside = sum(shares[language] for language in {likeliest, *COMPLETE})
        return likeliest, shares[likeliest] / beside if beside else 0.0


def _tokens(text: str) -> list[str]:
    return [token.replace("’", "'") for token in _WORD.findall(_ADDRESS.sub(" ", text.lower()))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetectorComponent(GraphComponent):
    """Adds the entity `language`; the slot of that name fills itself from it."""

    def __init__(self, detector: MessageLanguageDetector) -> None:
        self._detector = detector

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`words`: the YAML file with the words of each language."""
        return {"words": "data/vocabulary/language.yml"}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetectorComponent:
        """Called by Rasa."""
        return cls(MessageLanguageDetector.from_file(Path(config["words"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Called by Rasa at each message."""
        for message in messages:
            text = message.get(TEXT)
            values = [(item["start"], item["end"]) for item in message.get(FOUND_ENTITIES) or []]
            language = self._detector.detect(text, values) if text else None
            if language:
                found = {"entity": ENTITY, "value": language, "start": 0, "end": len(text),
                         "extractor": "LanguageDetector"}
                message.set(ENTITIES, [*message.get(ENTITIES, []), found], add_to_output=True)
        return messages
