"""What every worker speaks, whatever its language: `WORKER fit|answer|idle FOLDER`.

`FOLDER/request.json` holds `train` (path), `seed`, `language` and `pipeline` (path or null); the model goes to FOLDER.

- `fit` trains and prints `{"wall_s", "cpu_s", "peak_mb"}`; imports are not counted, writing the model is.
- `answer` loads and prints `{"load_s"}`; then, for each line `{"text"}` on its standard input, one line
  `{"label", "confidence", "wall_ms", "cpu_ms"}`; at the end of the input `{"peak_mb"}`. A label `null` means "none of
  these".
- `idle` imports what `answer` imports, holds no model, and prints `{"peak_mb"}`.

What libraries print goes to standard error.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = Callable[[str], tuple["str | None", float]]


@dataclass(frozen=True)
class Request:
    """What to train on: `lines` of (label, text)."""

    lines: list[tuple[str, str]]
    seed: int
    pipeline: str | None


def run(fit: Callable[[Request, Path], None], load: Callable[[Path], Answer]) -> None:
    """Do what the command line says."""
    say, command, folder = _own_output(), sys.argv[1], Path(sys.argv[2])
    if command == "fit":
        request = _read(folder)
        wall, cpu = time.perf_counter(), _cpu()
        fit(request, folder)
        say({"wall_s": time.perf_counter() - wall, "cpu_s": _cpu() - cpu, "peak_mb": _peak_mb()})
        return
    if command == "answer":
        wall = time.perf_counter()
        answer = load(folder)
        say({"load_s": time.perf_counter() - wall})
        for line in sys.stdin:
            say(_timed(answer, json.loads(line)["text"]))
    say({"peak_mb": _peak_mb()})


def _timed(answer: Answer, text: str) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    label, confidence = answer(text)
    return {"cpu_ms": (time.process_time() - cpu) * 1000, "wall_ms": (time.perf_counter() - wall) * 1000,
            "label": label, "confidence": confidence}


def _read(folder: Path) -> Request:
    request = json.loads((folder / "request.json").read_text())
    rows = [line.split("\t", 1) for line in Path(request["train"]).read_text("utf-8").splitlines()]
    return Request([(label, text) for label, text in rows], request["seed"], request["pipeline"])


def _own_output() -> Callable[[dict[str, Any]], None]:
    """A way to print that no library has: theirs leads to standard error from now on."""
    mine = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=mine, flush=True)

    return say


def _cpu() -> float:
    """Seconds of CPU of this process and the children it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
