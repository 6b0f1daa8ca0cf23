"""Ends processes with their parent (Linux: PR_SET_PDEATHSIG)."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """A `preexec_fn` for `subprocess`: the child gets SIGKILL when its parent dies, so that no port stays taken."""
    _ask_for(signal.SIGKILL)


def end_with_uv() -> None:
    """If `uv run` started this process, it gets SIGTERM when uv dies. A shell or a service manager may end first."""
    parent = os.getppid()
    if _name_of(parent) == "uv":
        _ask_for(signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def _ask_for(number: signal.Signals) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
