"""Draws a conversation for a terminal: bubbles, cards, tables and forms at its width; plain text when it is piped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from bot.core.conversation import Author
from bot.live.frames import Frame
from bot.tools.sandbox.trace import Trace

RANKED, NEAREST = 5, 3
# A piped transcript is read by programs, too: its lines are not broken.
PIPED_WIDTH = 10_000
_INDENT = (0, 0, 0, 2)


class Terminal:
    """Draws on standard output. Colours and widths are the terminal's; without one there are neither."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=False)
        if not self.console.is_terminal:
            self.console.width = PIPED_WIDTH

    def say(self, text: str = "", style: str = "") -> None:
        """A line of the shell's own."""
        self.console.print(Text(text, style))

    def entries(self, entries: Iterable[Frame]) -> None:
        """What a visitor sees; the buttons of the last entry have the numbers that press them."""
        shown = list(entries)
        for entry in shown:
            self._entry(entry, numbered=entry is shown[-1])

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
        """A table."""
        self.console.print(_table(headings, rows, title))

    def why(self, trace: Trace, places: Mapping[str, str]) -> None:
        """How a message was understood, and what answered it. `places`: where each training line stands."""
        reasons = _reasons(trace, places)
        if not self.console.is_terminal:
            for name, value in reasons:
                self.console.print(Text(f"  · {name} {value}"))
            return
        grid = Table.grid(padding=(0, 1))
        for name, value in reasons:
            grid.add_row(Text(f"  · {name}", "dim"), Text(value))
        self.console.print(grid)

    def changes(self, trace: Trace) -> None:
        """What the turn changed in the bot's state."""
        for name, (before, after) in trace.changes().items():
            self.console.print(Text(f"  · {name}: {_short(before)} → {_short(after)}", "dim"))

    def state(self, state: Mapping[str, Any]) -> None:
        """The bot's state, without what is empty."""
        rows = [(name, short) for name, value in state.items() if (short := _short(value)) not in ("none", "{}", "0")]
        self.table(("field", "value"), rows)

    def _entry(self, entry: Frame, *, numbered: bool) -> None:
        if entry["author"] == Author.SYSTEM.value:
            self.console.print(Text(f"· {entry.get('text', '')}", "dim italic"))
            return
        if entry["author"] == Author.AGENT.value:
            self.console.print(Text.assemble((f"{entry.get('name', '')}: ", "bold cyan"), entry.get("text", "")))
            return
        self.console.print(_drawn(entry, self.console.is_terminal))
        for number, button in enumerate(entry.get("buttons") or (), 1):
            key = str(number) if numbered and number <= 9 else " "
            payload = button["payload"] if button["payload"] != button["title"] else ""
            self.console.print(Text.assemble(("  [", "dim"), (key, "bold yellow"), ("] ", "dim"), button["title"],
                                             (f"  {payload}", "dim")))


def _drawn(entry: Frame, is_terminal: bool) -> RenderableType:
    """A bubble: its card where a terminal can show more than its text, which says the same."""
    card, text = entry.get("card") or {}, Text(entry.get("text", ""))
    if card.get("type") == "ticket_form":
        return _form(card, text)
    if not is_terminal or card.get("type") not in _CARDS:
        return text
    return Padding(_CARDS[card["type"]](card), _INDENT)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> Table:
    table = Table(*(Column(Text(heading)) for heading in headings), title=Text(title) if title else None,
                  title_justify="left", show_header=any(headings), box=box.ROUNDED if any(headings) else None)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _matrix(card: Mapping[str, Any]) -> RenderableType:
    rows = [(row["name"], *(cell or "–" for cell in row["cells"])) for row in card["rows"]]
    table = _table(card["columns"], rows, card["caption"])
    return _stacked(card.get("lead"), table, card.get("note"), card.get("source"))


def _phone(card: Mapping[str, Any]) -> RenderableType:
    rows = [(line["country"], number["number"], f"ext {number.get('extension') or '–'}")
            for line in card["lines"] for number in line["numbers"]]
    table = Table(show_header=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return _stacked(card.get("lead"), table if rows else None, card.get("missing"), card["prepare"], card["source"])


def _links(card: Mapping[str, Any]) -> RenderableType:
    links = [Text.assemble(link["title"], ": ", (link["url"], f"link {link['url']}")) for link in card["links"]]
    return _stacked(card["lead"], *links)


_CARDS = {"table": _matrix, "phone": _phone, "links": _links}


def _form(card: Mapping[str, Any], lead: Text) -> RenderableType:
    values, rules = card["values"], card["rules"]
    form = Table.grid(padding=(0, 2))
    for field in (*rules, *(name for name in ("priority",) if name not in rules)):
        limits = f"{rules[field]['min']} to {rules[field]['max']} characters" if field in rules else ""
        choices = " ".join(choice["key"] for choice in card["priorities"]) if field == "priority" else limits
        form.add_row(Text(field, "bold"), Text(values.get(field, "")), Text(choices, "dim"))
    return Panel(_stacked(lead, form, Text(":form fills it in", "yellow")), expand=False)


def _stacked(*parts: RenderableType | None) -> RenderableType:
    grid = Table.grid()
    for part in parts:
        if part:
            grid.add_row(Text(part) if isinstance(part, str) else part)
    return grid


def _reasons(trace: Trace, places: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, value) of all that a trace tells."""
    form = f"; the form asks for {trace.field}" if trace.field else ""
    answered = "the form's question" if trace.answered is None and trace.before.get("form") else trace.answered
    ranking = ", ".join(f"{name} {share:.2f}" for name, share in trace.ranking[:RANKED])
    nearest = "; ".join(f"{line!r} ({', '.join(filter(None, (intent, places.get(line), f'{likeness:.2f}')))})"
                        for line, intent, likeness in trace.nearest[:NEAREST])
    stages = ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in trace.stages.items() if seconds >= 0.001)
    told = [
        ("intent", f"{trace.intent} ({trace.confidence:.2f}; {ranking})" if trace.ranking else trace.intent),
        ("nearest lines:", nearest),
        ("entities", ", ".join(f"{kind}={value}" for kind, value in trace.entities)),
        ("answers", f"{answered or ''}{form}"),
        ("question:", ", ".join(f"{name}={_short(value)}" for name, value in trace.question.items())),
        ("facts:", ", ".join(trace.facts)),
        ("responses:", ", ".join(trace.responses)),
        ("language", trace.language),
        ("route", trace.route or ""),
        ("status:", ", ".join(map(str, trace.transitions))),
        ("effects:", ", ".join(trace.effects)),
        ("ms:", f"{1000 * trace.seconds:.0f} ({stages})" if trace.seconds else ""),
    ]
    return [(name, value) for name, value in told if value]


def _short(value: Any) -> str:
    """A value on one line, without the empty parts of a mapping."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_short(inner)}" for key, inner in value.items() if inner is not None) + "}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(_short, value)) or "none"
    return "none" if value is None or value == "" else str(value)
