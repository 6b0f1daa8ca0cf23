"""Builds the sentence encoder once, for `kilat encoder`, `kilat train`, and a start that trains."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from pathlib import Path

from bot.adapters.sentence_encoder.folder import unbuilt
from bot.adapters.subprocesses import die_with_parent
from bot.settings import ROOT


def build_encoder() -> None:
    """Build the encoder, unless there is one, and print the result; a failure is printed, not raised. A separate
    process builds it, as that takes 1.2 GB for some seconds."""
    if unbuilt() is None:
        return
    print("Building the sentence encoder (once, some ten seconds) …", flush=True)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", __name__], cwd=ROOT, capture_output=True, text=True,
                          preexec_fn=die_with_parent)
    if done.returncode:
        reason = (done.stderr.splitlines() or [f"status {done.returncode}"])[-1]
        print(f"The sentence encoder could not be built ({reason}).", flush=True)
    else:
        print(f"Built the sentence encoder in {time.monotonic() - started:.0f} s.", flush=True)


def build_once(weights: Path, folder: Path) -> None:
    """Build `folder` atomically. Of concurrent processes, one builds, and the others wait for it. Raises `OSError` when
    the folder can't be written, or the weights have another format."""
    from bot.adapters.sentence_encoder.conversion import make_folder

    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            make_folder(weights, folder)


if __name__ == "__main__" and (job := unbuilt()):
    build_once(*job)
