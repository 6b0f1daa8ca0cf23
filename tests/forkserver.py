"""Processes for what several do at once: forked from one without threads, which imports what is dear once."""

from __future__ import annotations

from multiprocessing import get_context

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["bot.bootstrap", "hypothesis", "pytest"])
