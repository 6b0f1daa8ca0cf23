"""Coverage as lines for a terminal, or for a file."""

from __future__ import annotations

from rich import box
from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.tools.coverage.coverage import Coverage
from bot.tools.coverage.inventory import Names

# A piped line is read by programs, too: it is not broken.
PIPED_WIDTH = 10_000
_BAR = 20


def show(coverage: Coverage, console: Console) -> None:
    """The share of each kind, then the names that no scenario touches."""
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    table.add_column("Kind")
    for heading in ("Touched", "Of", "Share"):
        table.add_column(heading, justify="right")
    if console.is_terminal:
        table.add_column("")
    for kind, count in coverage.counts.items():
        full = round(_BAR * count.percent / 100)
        bar = [Text("█" * full + "░" * (_BAR - full), "green" if not count.untouched else "yellow")]
        table.add_row(kind, str(len(count.touched)), str(count.total), f"{count.percent:.1f}%",
                      *(bar if console.is_terminal else ()))
    console.print(table)
    for kind, count in coverage.counts.items():
        if count.untouched:
            console.print(Text(f"\nUntouched {kind}:", "bold"))
            console.print(Padding(_listed(count.untouched, console), (0, 0, 0, 2), expand=False))


def _listed(names: Names, console: Console) -> RenderableType:
    """In columns at a terminal, for a name is not to be broken; else in one line."""
    return Columns(map(Text, names), padding=(0, 2)) if console.is_terminal else Text(", ".join(names))
