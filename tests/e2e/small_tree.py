"""Models that are trained in seconds: the rules, words and vocabulary of the tree, and a handful of examples."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.settings import ROOT

KNOWN = {
    "greet": ["halo", "hai min", "selamat pagi", "hello", "good morning"],
    "phone_number": ["nomor telepon Jepang", "berapa nomor telepon dukungan di Jepang", "phone number for Japan",
                     "nomor telp Singapura", "call support from France"],
    "create_ticket": ["buat tiket", "saya mau buat tiket", "buatkan tiket dong", "open a ticket", "lapor masalah"],
    "affirm": ["ya", "ya kirim", "ya setuju", "yes", "oke kirim"],
    "incident_p3": ["cuma satu fitur yang rusak", "cuma satu fitur", "suaranya putus-putus",
                    "only the emoji button is broken", "background virtual error"],
    "out_of_scope": ["resep rendang", "siapa presiden Prancis", "what is the weather", "tell me a joke", "harga emas"],
}


def small_tree(folder: Path, more: Mapping[str, Sequence[str]]) -> Path:
    """A tree of `KNOWN` and `more` examples, by intent, for `bot.training.train`."""
    for name in ("config.yml", "domain.yml", "uv.lock", "data/languages.yml", "data/topics.yml", "data/stories",
                 "data/vocabulary"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in ("bot", "actions"):
        (folder / name).symlink_to(ROOT / name)
    nlu = folder / "data" / "nlu" / "small.yml"
    nlu.parent.mkdir()
    lines = ['version: "3.1"', "nlu:"]
    for intent in KNOWN | dict(more):
        lines += [f"- intent: {intent}", "  examples: |"]
        lines += [f"    - {text}" for text in (*KNOWN.get(intent, ()), *more.get(intent, ()))]
    nlu.write_text("\n".join(lines) + os.linesep)
    return folder
