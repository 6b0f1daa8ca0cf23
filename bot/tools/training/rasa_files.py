"""Writes what Rasa must know of each intent from `data/topics.yml`: the list in `domain.yml`, and the rule.

Both are in version control, so that Rasa's own commands work in a fresh checkout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bot.adapters.yaml_reader import read
from bot.core.errors import ConfigurationError
from bot.services.dialogue.intent_correction import NOT_UNDERSTOOD

RULES = "data/stories/rules.yml"
_LISTED = re.compile(r"^intents:\n(  - \w+\n)+", re.MULTILINE)
_RULE = """\
# Written by `kilat train` from data/topics.yml; not edited by hand.
# One action answers every intent (actions/base.py); what it answers is decided in bot/services/dialogue/manager.py.
version: "3.1"
rules:
- rule: every intent
  steps:
    - or:
{intents}    - action: action_answer
"""


def write_rasa_files(tree: Path) -> None:
    """Bring `domain.yml` and the rule of `tree` up to date; a file that is up to date is not touched.

    Raises `ConfigurationError` when `topics.yml` can't be read or `domain.yml` has no list of intents.
    """
    intents = [*read(tree / "data" / "topics.yml").entries(), NOT_UNDERSTOOD]
    domain = tree / "domain.yml"
    listed, count = _LISTED.subn("intents:\n" + _lines("  - ", intents), domain.read_text(encoding="utf-8"))
    if count != 1:
        raise ConfigurationError(f"{domain}:1: `intents:` with its list is missing. Put it back from version control.")
    _write(domain, listed)
    _write(tree / RULES, _RULE.format(intents=_lines("      - intent: ", intents)))


def _lines(before: str, intents: Sequence[str]) -> str:
    return "".join(f"{before}{intent}\n" for intent in intents)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
