"""Asks for the fields of a ticket form, one by one, with what is known to be edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.validation import ValidationError, Validator

from bot.live.frames import Frame
from bot.services import ticket_fields
from bot.tools.sandbox.local_bot import run


def open_form(entries: Sequence[Frame]) -> Mapping[str, Any] | None:
    """The card of the ticket form that was shown last; `None` when another of the bot's answers came after it."""
    said = [entry for entry in entries if entry["author"] == "bot"]
    card = said[-1].get("card") if said else None
    return card if card and card["type"] == "ticket_form" else None


def ask_fields(card: Mapping[str, Any]) -> dict[str, str] | None:
    """What was typed for each field of `card`; `None` when the form was left with Ctrl-C or Ctrl-D."""
    values: dict[str, str] = {}
    levels = [choice["key"] for choice in card["priorities"]]
    try:
        for field in (*card["rules"], ticket_fields.PRIORITY):
            session: PromptSession[str] = PromptSession(
                completer=WordCompleter(levels) if field == ticket_fields.PRIORITY else None)
            values[field] = run(session.prompt_async(
                f"  {field}: ", default=card["values"].get(field, ""), validator=_Field(field),
                validate_while_typing=False))
    except (KeyboardInterrupt, EOFError):
        return None
    return values


class _Field(Validator):
    """Refuses a value as the gateway would."""

    def __init__(self, field: str) -> None:
        self._field = field

    def validate(self, document: Document) -> None:
        """See `Validator`."""
        if fault := ticket_fields.fault(self._field, document.text):
            raise ValidationError(len(document.text), str(fault))
