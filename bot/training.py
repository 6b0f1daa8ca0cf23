"""Training, with a fingerprint of everything that a model is made of, so that `serve` trains only when needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time

from bot.core.errors import KilatError
from bot.settings import ROOT, Settings

MODELS = ROOT / "models"
MODEL = MODELS / "kilat.tar.gz"
_FINGERPRINT = MODELS / "kilat.fingerprint"
_MADE_OF = ("config.yml", "domain.yml", "uv.lock")
_FOLDERS = ("data/nlu", "data/stories", "data/responses", "data/vocabulary", "bot/rasa_ext")
# They serve a model and are no part of it.
_SERVING = frozenset({"channel.py", "gateway.py", "parser.py", "remote_action.py", "trackers.py"})

RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "OMP_WAIT_POLICY": "passive",
}


class TrainingFailed(KilatError):
    """Rasa could not train a model."""


def train(settings: Settings, *, only_if_needed: bool = False) -> None:
    """Train the model into `models/`; Rasa's own cache keeps what has not changed."""
    if only_if_needed and is_trained():
        return
    fingerprint = _fingerprint()
    print("Training the model (a minute or two on two cores) …", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "kilat"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **RASA_ENVIRONMENT}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        tail = [line for line in process.stdout if _is_worth_showing(line)]
    if process.returncode != 0:
        raise TrainingFailed("training failed:\n" + "".join(tail[-30:]))
    _FINGERPRINT.write_text(fingerprint)
    print(f"Trained {MODEL.relative_to(ROOT)} in {time.monotonic() - started:.0f} s.", flush=True)


def is_trained() -> bool:
    """True when there is a model, made of what the tree holds now."""
    return MODEL.exists() and _FINGERPRINT.exists() and _FINGERPRINT.read_text() == _fingerprint()


def _fingerprint() -> str:
    digest = hashlib.sha256()
    found = (path for folder in _FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    folders = [path for path in found if path.suffix in (".yml", ".py") and path.name not in _SERVING]
    for path in [*(ROOT / name for name in _MADE_OF), *folders]:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _is_worth_showing(line: str) -> bool:
    """Print the steps as they come; keep everything else for the case that it fails."""
    if "training component" in line or ("Train" in line and "INFO" in line):
        print("  " + line.split(" - ", 1)[-1].strip(), flush=True)
    return "it/s" not in line
