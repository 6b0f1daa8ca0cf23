"""Processes that don't outlive the one that started them."""

from __future__ import annotations

import ctypes
import signal


def die_with_parent() -> None:
    """Linux: a child gets SIGTERM when its parent dies, so that no port stays taken (PR_SET_PDEATHSIG). To be given to
    `subprocess` as `preexec_fn`."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
