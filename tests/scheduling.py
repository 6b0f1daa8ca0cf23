"""How pytest-xdist spreads the tests over processes: a file stays together, and so do the files that share one costly
fixture of the session. The longest folders come first, that no process works alone at the end."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
# Each starts a Rasa: a gigabyte, and many seconds. By what a file that uses it says.
SHARED = {"the bot in this process": re.compile(r"\blive_bot: LiveBot\b"),
          "the server of tests/e2e": re.compile(r"\bkilat: Server\b"),
          "the server behind the browser": re.compile(r"widget_page import .*\bVisit\b|\(server: Server, someone")}
FIRST = ("dialogue", "browser", "e2e", "handoff", "nlu", "tools", "rasa_ext", "contracts", "web", "live", "workers",
         "adapters", "security")


def together(config: pytest.Config, log: Any) -> Any:
    """A scheduler that hands out groups of files in the order in which they were collected."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid.split("::", 1)[0])

    config.option.loadscopereorder = False
    return Together(config, log)


@cache
def group_of(file: str) -> str:
    """The name of what the tests of `file` (a path, from the project's root) share; its own path for most."""
    text = (TESTS.parent / file).read_text()
    return next((name for name, uses in SHARED.items() if uses.search(text)), file)


def order(item: pytest.Item) -> int:
    """The place of a test's folder among those that begin; tests beside the code stand where its layer does."""
    folder = item.path.relative_to(TESTS.parent).parts[1]
    return FIRST.index(folder) if folder in FIRST else len(FIRST)
