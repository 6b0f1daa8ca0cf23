"""Who is compared: each system is a command that speaks the protocol of `workers/protocol.py`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.settings import ROOT

HERE = Path(__file__).parent


class Skipped(Exception):
    """A system that can't run on this machine, with the reason."""


@dataclass(frozen=True)
class System:
    """`command` begins the worker's command line, and may raise `Skipped`. What the system is made of (`sources`, below
    the project's folder) makes its earlier figures invalid when it changes. A `slow` one has fewer seeds."""

    name: str
    about: str
    command: Callable[[], list[str]]
    sources: tuple[str, ...]
    pipeline: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False

    @property
    def digest(self) -> str:
        """Of its sources, this protocol included."""
        paths = [ROOT / name for name in (*self.sources, "benchmarks/nlu/workers/protocol.py")]
        return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def _python(module: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", f"benchmarks.nlu.workers.{module}"]


@cache
def _nlpjs() -> list[str]:
    """Installs NLP.js, as the lock file pins it, into a cache folder of the user."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Skipped("Node.js with npm is not installed")
    source = HERE / "nlpjs"
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    lock = (source / "package-lock.json").read_bytes()
    target = home / "kilat-bench" / f"nlpjs-{hashlib.sha256(lock).hexdigest()[:12]}"
    shutil.copytree(source, target, dirs_exist_ok=True)
    if not (target / "installed").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(command, cwd=target, capture_output=True, text=True, timeout=300, check=False)
        except subprocess.TimeoutExpired as error:
            raise Skipped("npm did not finish within five minutes") from error
        if done.returncode:
            raise Skipped(f"npm failed: {done.stderr.strip()[-300:]}")
        (target / "installed").touch()
    return [node, str(target / "worker.js")]


_RASA = "benchmarks/nlu/workers/rasa_nlu.py"
_KILAT = (_RASA, "benchmarks/nlu/pipelines/kilat.yml",
          *(f"bot/rasa_ext/{name}.py"
            for name in ("classifier", "intent_model", "text_features", "kernel_ridge", "spelling")),
          *(f"bot/adapters/sentence_encoder/{name}.py" for name in ("encoder", "conversion", "e5_graph")))

# The quick ones first: a run that is broken off has then measured the most.
SYSTEMS = (
    System("tfidf-svc", "scikit-learn: TF-IDF of words and characters, linear SVC", _python("linear_svc"),
           ("benchmarks/nlu/workers/linear_svc.py",)),
    System("nlpjs", "NLP.js 4.27", _nlpjs,
           ("benchmarks/nlu/nlpjs/worker.js", "benchmarks/nlu/nlpjs/package-lock.json")),
    System("kilat-sparse", "Kilat's pipeline without its sentence encoder", _python("rasa_nlu"), _KILAT,
           HERE / "pipelines/kilat.yml", {"KILAT_ENCODER": "none"}),
    System("kilat", "Kilat's pipeline", _python("rasa_nlu"), _KILAT, HERE / "pipelines/kilat.yml"),
    System("rasa-diet", "Rasa's stock pipeline: DIET, 100 epochs", _python("rasa_nlu"),
           (_RASA, "benchmarks/nlu/pipelines/diet.yml"), HERE / "pipelines/diet.yml", slow=True),
)
