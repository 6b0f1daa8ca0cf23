"""`python -m bot.shell.quiet MODULE …` runs a module of Rasa as `python -m` does, without libraries' deprecations.

They are about the libraries' own code, come at each start, and nobody here can mend them. Our own are still heard.
"""

from __future__ import annotations

import runpy
import sys
import warnings
from typing import Any

from bot.settings.state import keep_private


def hush() -> None:
    """Let the libraries' deprecations go unheard. By filter it can't be done: several put their own before ours."""
    show = warnings.showwarning

    def show_ours(message: Any, category: Any, filename: str, *more: Any, **named: Any) -> None:
        if not ("site-packages" in filename and issubclass(category, (DeprecationWarning, PendingDeprecationWarning))):
            show(message, category, filename, *more, **named)

    warnings.showwarning = show_ours


def main() -> None:
    """Hush the libraries, then become the module; what it writes is private."""
    keep_private()
    hush()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
