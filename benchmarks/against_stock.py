"""Kilat's pipeline beside Rasa's stock pipeline, on the same data in one run: training time and CPU per turn.

`make bench` (the stock pipeline trains long: `ARGS="--share 4"` gives both a quarter of the examples).
Both answer the same questions through the REST channel and the same action server; the CPU counted is Rasa's process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.adapters.internal_auth import bearer
from bot.adapters.port_check import free_port
from bot.adapters.yaml_reader import load
from bot.bootstrap import seed
from bot.settings import ROOT, Settings
from bot.tools.shell.action_server import action_server
from bot.tools.training import RASA_ENVIRONMENT

WARM_UP = 20
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def main() -> None:
    """Train and measure both, print a table, and write JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=150)
    parser.add_argument("--share", type=int, default=1, metavar="N", help="take every Nth example of each intent")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    seed(Settings.from_environment())
    figures = {}
    with tempfile.TemporaryDirectory() as folder, action_server() as actions_url:
        data = _share_of(ROOT / "data", Path(folder) / "data", arguments.share)
        for name, config in (("kilat", ROOT / "config.yml"), ("stock", ROOT / "benchmarks/stock_config.yml")):
            model, seconds = _train(name, config, Path(folder), data)
            cpu, wall = _turns(name, model, actions_url, Path(folder), arguments.turns)
            figures[name] = {"train_s": seconds, "cpu_ms_a_turn": cpu, "p50_ms_a_turn": wall}
            print(f"{name:6} trained in {seconds:7.1f} s; a turn: {cpu:6.1f} ms of Rasa's CPU, p50 {wall:6.1f} ms",
                  flush=True)
    ratios = {key: figures["kilat"][key] / figures["stock"][key] for key in figures["kilat"]}
    print("ratio ", {key: round(value, 3) for key, value in ratios.items()})
    if arguments.json:
        arguments.json.write_text(json.dumps({**figures, "ratio": ratios}, indent=2))


def _share_of(source: Path, target: Path, every: int) -> Path:
    """A copy of the data with every `every`-th example of each intent; both pipelines get the same."""
    shutil.copytree(source, target)
    for path in (target / "nlu").glob("*.yml"):
        document = YAML().load(path)
        for entry in document["nlu"]:
            entry["examples"] = LiteralScalarString("\n".join(entry["examples"].splitlines()[::every]) + "\n")
        YAML().dump(document, path)
    return target


def _train(name: str, config: Path, folder: Path, data: Path) -> tuple[Path, float]:
    """Train from nothing: a cache folder of its own, so that no earlier training helps."""
    environment = {**os.environ, **RASA_ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(folder / f"cache-{name}")}
    command = [sys.executable, "-m", "rasa", "train", "--config", str(config), "--data", str(data),
               "--out", str(folder),
               "--fixed-model-name", name]
    started = time.monotonic()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / f"{name}.tar.gz", time.monotonic() - started


def _turns(name: str, model: Path, actions_url: str, folder: Path, count: int) -> tuple[float, float]:
    """(CPU of the Rasa process, median wall time), milliseconds a turn, over `count` questions of many senders."""
    questions = [item["say"] for item in load(ROOT / "tests/nlu/unseen.yml")]
    with _rasa(name, model, actions_url, folder) as (process, url):
        for i in range(WARM_UP):
            _say(url, f"warm-{i}", questions[i])
        before, walls = _cpu_seconds(process.pid), []
        for i in range(count):
            started = time.monotonic()
            _say(url, f"turn-{i}", questions[(WARM_UP + i) % len(questions)])
            walls.append(time.monotonic() - started)
        return (_cpu_seconds(process.pid) - before) / count * 1000, statistics.median(walls) * 1000


@contextmanager
def _rasa(name: str, model: Path, actions_url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    endpoints, credentials = folder / f"{name}-endpoints.yml", folder / f"{name}-credentials.yml"
    opening = json.dumps(bearer(Settings.from_environment().internal_secret))
    endpoints.write_text(f'action_endpoint:\n  url: "{actions_url}"\n  headers: {opening}\n')
    credentials.write_text("rest:\n" if name == "stock" else (ROOT / "credentials.yml").read_text())
    command = [sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port),
                   "--model", str(model),
               "--endpoints", str(endpoints), "--credentials", str(credentials)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **RASA_ENVIRONMENT, **_ONE_THREAD},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/webhooks/rest"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        yield process, f"{url}/webhook"
    finally:
        process.terminate()
        process.wait(20)


def _say(url: str, sender: str, text: str) -> None:
    body = json.dumps({"sender": sender, "message": text}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        reply.read()


def _cpu_seconds(pid: int) -> float:
    """User and system time of one process, from /proc (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
