"""The commands of `kilat learn`: propose, try, take, dismiss."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from bot.adapters.learning_runs import FolderRuns
from bot.adapters.model_store import Models
from bot.adapters.sentence_encoder.encoder import Encoder, open_encoder
from bot.bootstrap import LEARN, open_feedback
from bot.rasa_ext.parser import open_pipeline
from bot.rasa_ext.text_features import normalise
from bot.settings import ROOT, Settings
from bot.tools import training
from bot.tools.content_checks.training_lines import read_spelling, training_lines
from bot.tools.learning import patch as patches
from bot.tools.learning.feedback_rows import FeedbackRow, parse_again
from bot.tools.learning.groups import DISTANCE_THRESHOLD, vectors
from bot.tools.learning.line_checks import rejections
from bot.tools.learning.proposals import Kind, Proposal, propose
from bot.tools.learning.report import report
from bot.tools.learning.run_store import RunFolder, latest_run, new_run

# The number of training lines whose mean embedding is subtracted.
_SAMPLE = 400


def look(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Group the missed questions, and write the report and the patch."""
    now, folder = datetime.now(timezone.utc), _folder(settings)
    if before := settings.keep.since("feedback", now):
        FolderRuns(folder).erase_older(before)
    records = open_feedback(settings).open()
    if not records:
        print("Nothing was missed that nobody has looked at.")
        return 0
    archive = Models(settings.models).active_archive()
    version = archive.name.removesuffix(".tar.gz")
    rows = parse_again(records, open_pipeline(archive))
    understood = [row for row in rows if row.is_understood_since(settings.doubt_margin, version)]
    proposals = make_proposals([row for row in rows if row not in understood], settings.data, open_encoder())
    against = rejections([row.text for proposal in proposals for row in proposal.picked], settings.data)
    good = frozenset(row.text for proposal in proposals for row in proposal.picked) - against.keys()
    diff = patches.write_patch(patches.read_blocks(settings.data), proposals, good, settings.data.parent)
    run = new_run(folder, now)
    run.write(report(proposals, understood, against, version), diff, proposals, understood)
    _tell(run, proposals, understood)
    return 0


def make_proposals(rows: Sequence[FeedbackRow], data: Path, encoder: Encoder | None) -> list[Proposal]:
    """Proposals for the wordings `rows`, by the training data in `data`."""
    if not rows:
        return []
    spelling, lines = read_spelling(data), training_lines(data)
    sample = [normalise(line.text, spelling) for line in lines[:: max(len(lines) // _SAMPLE, 1)]]
    found = vectors([normalise(row.text, spelling) for row in rows], sample, encoder)
    return propose(rows, found, DISTANCE_THRESHOLD)


def try_out(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train a candidate with the patch, and print what it changes on the test sets."""
    from bot.tools.learning.trial import table, try_patch

    patch = arguments.patch or latest_run(_folder(settings)).patch
    candidate, compared = try_patch(settings, patch)
    print("\n".join(table(compared)))
    print(f"The candidate is {candidate.version}; what serves has not changed. Better? "
          f"Then: kilat learn take && kilat model activate {candidate.version}")
    return 0


def take(arguments: argparse.Namespace, settings: Settings) -> int:
    """Apply the patch to the training data, and settle its questions."""
    run = latest_run(_folder(settings))
    patch = arguments.patch or run.patch
    texts = patches.added(patch.read_text(encoding="utf-8"))
    patches.apply(patch, ROOT)
    feedback, groups = open_feedback(settings), run.taken_by(texts)
    feedback.settle([key for keys in groups.values() for key in keys], "taken")
    feedback.settle(run.understood, "understood")
    print(f"{len(texts)} lines are in data/nlu; settled: group {', '.join(groups) or 'none'}.")
    trained = Models(settings.models).made_of(training.fingerprint())
    print(f"Let it serve: kilat model activate {trained.version}" if trained else "Train a model of it: kilat train")
    return 0


def dismiss(arguments: argparse.Namespace, settings: Settings) -> int:
    """Settle the questions of groups without learning them."""
    run = latest_run(_folder(settings))
    keys = [key for number in arguments.group for key in run.keys_of(number)]
    open_feedback(settings).settle(keys, "dismissed")
    print(f"{len(keys)} messages will not be proposed again. The patch still holds lines of theirs, unless you took "
          "them out.")
    return 0


def _folder(settings: Settings) -> Path:
    return settings.state / LEARN


def _tell(run: RunFolder, proposals: Sequence[Proposal], understood: Sequence[FeedbackRow]) -> None:
    counts = {kind: sum(one.kind is kind for one in proposals) for kind in Kind}
    print(f"{sum(len(one.keys) for one in proposals)} messages: " + ", ".join(
        f"{count} groups {kind.value}" for kind, count in counts.items()) + f"; {len(understood)} understood since.")
    print(f"Read {run.report}\nEdit {run.patch}\nThen: kilat learn try")
