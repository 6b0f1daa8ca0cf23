"""One cell of the table: one system on one split, with several seeds. A seed shuffles the training lines."""

from __future__ import annotations

import json
import os
import random
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.nlu.splits import Line, Split
from benchmarks.nlu.systems import System
from bot.settings import ROOT
from bot.tools.training import RASA_ENVIRONMENT

WARM_UP = 20
_ONE_THREAD = {name: "1" for name in (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
    "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS")}


class WorkerFailed(Exception):
    """A worker ended early, with the end of what it wrote to standard error."""


@dataclass(frozen=True)
class Run:
    """What one seed gave: figures of training and memory, and an answer `{label, confidence, wall_ms, cpu_ms}` for each
    line of each part of the split."""

    cost: dict[str, float]
    valid: list[dict[str, Any]]
    oos_valid: list[dict[str, Any]]
    test: list[dict[str, Any]]
    oos_test: list[dict[str, Any]]


def run(system: System, split: Split, seed: int) -> Run:
    """Train in one process, answer line by line in another, and look at a third that holds no model."""
    with tempfile.TemporaryDirectory(prefix="kilat-bench-") as name:
        folder = Path(name)
        train = random.Random(seed).sample(split.train, len(split.train))
        (folder / "train.tsv").write_text("".join(f"{line.label}\t{line.text}\n" for line in train), "utf-8")
        request = {"train": str(folder / "train.tsv"), "seed": seed, "language": split.language,
                   "pipeline": system.pipeline and str(system.pipeline)}
        (folder / "request.json").write_text(json.dumps(request))
        with _worker(system, "fit", folder) as worker:
            fit = _only(worker)
        with _worker(system, "idle", folder, **_ONE_THREAD) as worker:
            idle = _only(worker)
        with _worker(system, "answer", folder, **_ONE_THREAD) as worker:
            load = _reply(worker)
            list(_ask(worker, train[:WARM_UP]))
            parts = [list(_ask(worker, lines)) for lines in (split.valid, split.oos_valid, split.test, split.oos_test)]
            worker.stdin.close()
            peak = _reply(worker)
        cost = {"train_wall_s": fit["wall_s"], "train_cpu_s": fit["cpu_s"], "train_peak_mb": fit["peak_mb"],
                "load_s": load["load_s"], "answer_peak_mb": peak["peak_mb"], "idle_peak_mb": idle["peak_mb"]}
        return Run(cost, *parts)


@contextmanager
def _worker(system: System, command: str, folder: Path, **environment: str) -> Iterator[Any]:
    """A worker in an empty folder, so that it finds nothing of this project by chance."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("KILAT_")}
    ours |= {**RASA_ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(folder / "cache"), "PYTHONPATH": str(ROOT),
             **system.environment, **environment}
    errors = folder / f"{command}.log"
    with (
        errors.open("wb") as log,
        subprocess.Popen([*system.command(), command, str(folder)], cwd=folder, env=ours, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1) as process,
    ):
        try:
            yield process
        except (WorkerFailed, BrokenPipeError) as error:
            process.kill()
            raise WorkerFailed(f"{system.name} {command}: {_end_of(errors)}") from error
        except BaseException:  # interrupted, too: no worker stays behind
            process.kill()
            raise


def _end_of(log: Path) -> str:
    """Its last lines, without those that a progress bar wrote over, and without where this checkout lies."""
    lines = log.read_text(errors="replace").replace(f"{ROOT}/", "").replace("\r", "\n").splitlines()
    return "\n".join([line for line in lines if "it/s" not in line and "s/it" not in line][-5:])[-800:]


def _ask(worker: subprocess.Popen[str], lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    for line in lines:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps({"text": line.text}) + "\n")
        worker.stdin.flush()
        yield _reply(worker)


def _reply(worker: subprocess.Popen[str]) -> dict[str, Any]:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise WorkerFailed
    reply: dict[str, Any] = json.loads(line)
    return reply


def _only(worker: subprocess.Popen[str]) -> dict[str, Any]:
    reply = _reply(worker)
    worker.wait()
    return reply


def seeds_of(system: System, cheap: int, slow: int) -> Sequence[int]:
    """The seeds that `system` runs with."""
    return range(slow if system.slow else cheap)
