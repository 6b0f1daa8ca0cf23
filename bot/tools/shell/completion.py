"""Completes what is typed in the shell: commands and their arguments, buttons, agents' steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES
from bot.languages import LANGUAGES
from bot.tools.scenarios.scenario import VERBS
from bot.tools.shell.commands import COMMANDS

if TYPE_CHECKING:
    from bot.tools.shell.repl import Shell

_AGENT = "agent> "


class ShellCompleter(Completer):
    """Completions for a line of the shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """See `Completer`."""
        typed = document.text_before_cursor
        for text, meaning in self._choices(typed):
            if text.startswith(typed) and text != typed:
                yield Completion(text, start_position=-len(typed), display_meta=meaning)

    def _choices(self, typed: str) -> Iterable[tuple[str, str]]:
        """(whole line, its meaning) of all lines that could be meant."""
        if typed.startswith(":as "):
            return [(f":as {customer}", "") for customer in (*_customers(), "nobody")]
        if typed.startswith(":lang "):
            return [(f":lang {language}", "") for language in LANGUAGES]
        if typed.startswith(":"):
            return [(f":{name}", command.help) for name, command in COMMANDS.items()]
        if typed.startswith("/"):
            topics = self._shell.sandbox.app.wording.topics
            return [(f"/{name}", topic.title[self._shell.session.who.lang]) for name, topic in topics.items()]
        return [(f"{_AGENT}{verb}", "an agent's step") for verb in VERBS]


def _customers() -> Iterator[str]:
    for plan in PLANS:
        for role in ROLES:
            yield from (f"{plan}:{role}:{account_type}" for account_type in ACCOUNT_TYPES)
