"""`python -m bot.shell.quiet MODULE …` runs a module of Rasa as `python -m` does, without one warning of sanic_cors.

That warning is about the library's own code, comes at each start, and nobody here can mend it. Nothing else is hushed.
"""

from __future__ import annotations

import runpy
import sys
import warnings

# Sanic puts a filter of its own before all others as it is imported, so it comes first.
import sanic.app  # noqa: F401


def main() -> None:
    """Silence the one warning, then become the module."""
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"sanic_cors\.")
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
