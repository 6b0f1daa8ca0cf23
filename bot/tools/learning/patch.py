"""Proposed examples as a unified diff of `data/nlu/`, which a person edits and `git apply --recount` applies."""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read
from bot.core.errors import KilatError
from bot.tools.learning.feedback_rows import FeedbackRow
from bot.tools.learning.proposals import Proposal

_CONTEXT = 3
_INDENT = "    - "
_MASK = re.compile(r"\[[\w-]+\]")
# Rasa reads these as an annotation and as a button's payload.
_MARKUP = re.compile(r"\]\s*[({]|^/")
LONGEST = 300


class PatchError(KilatError):
    """The patch does not fit; nothing was changed."""


@dataclass(frozen=True)
class ExampleBlock:
    """The examples of an intent in a file."""

    intent: str
    path: Path
    texts: tuple[str, ...]
    last: int  # the line of the last example, from 1


def read_blocks(data: Path) -> list[ExampleBlock]:
    """The blocks of examples under `data/nlu/`."""
    return [_block(path, entry) for path in sorted((data / "nlu").rglob("*.yml"))
            for entry in read(path).entry("nlu").items()]


def is_valid_example(text: str) -> bool:
    """False for a text that a person must reword first: masked, marked up, overlong, or with control characters."""
    return not (_MASK.search(text) or _MARKUP.search(text)) and len(text) <= LONGEST and text.isprintable()


def write_patch(blocks: Sequence[ExampleBlock], proposals: Iterable[Proposal], new: frozenset[str], tree: Path) -> str:
    """A section for each block that gains lines: those of `picked` whose text is in `new`, at the block's end."""
    lines: dict[ExampleBlock, dict[str, int]] = defaultdict(dict)
    for proposal in proposals:
        for row in proposal.picked if proposal.intent else ():
            if row.text in new:
                lines[target_block(blocks, proposal.intent or "", row)].setdefault(row.text, proposal.number)
    return "".join(_section(block, lines[block], tree)
                   for block in sorted(lines, key=lambda block: (block.path, block.last)))


def target_block(blocks: Sequence[ExampleBlock], intent: str, row: FeedbackRow) -> ExampleBlock:
    """The block of `intent` for a wording: the one in the folder of the wording's language, if there is one."""
    own = [block for block in blocks if block.intent == intent]
    if not own:
        raise KilatError(f"the model knows an intent {intent!r} that has no examples in data/nlu/: train anew")
    languages = row.languages
    return min(own, key=lambda block: (block.path.parent.name not in languages, len(block.path.parts), block.path))


def apply(patch: Path, tree: Path) -> None:
    """Apply `patch` to the files of `tree`, all or none; `PatchError` gives git's reason. Line counts need not be
    right."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.resolve().parent)}
    command = ["git", "apply", "--recount", "--whitespace=nowarn", str(patch.resolve())]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise PatchError(f"{patch} does not fit: {done.stderr.strip()}")


def added(patch: str) -> set[str]:
    """The texts that a patch adds."""
    return {line[1:].strip().removeprefix("- ").strip() for line in patch.splitlines()
            if line.startswith("+") and not line.startswith("+++") and line[1:].strip().startswith("- ")}


def _block(path: Path, entry: YamlNode) -> ExampleBlock:
    examples = entry.entry("examples")
    lines = examples.text.rstrip("\n").split("\n")
    texts = tuple(" ".join(line[2:].split()) for line in lines if line.startswith("- "))
    return ExampleBlock(entry.entry("intent").text, path, texts, examples.line + len(lines))


def _section(block: ExampleBlock, texts: Mapping[str, int], tree: Path) -> str:
    name, content = block.path.relative_to(tree).as_posix(), block.path.read_text(encoding="utf-8")
    if not content.endswith("\n"):
        raise PatchError(f"{block.path} ends without a line break. Add one.")
    lines = content.split("\n")[:-1]
    start = max(block.last - _CONTEXT, 0)
    before, after = lines[start:block.last], lines[block.last:block.last + _CONTEXT]
    old, new = len(before) + len(after), len(before) + len(texts) + len(after)
    told = f"{block.intent}, from group {', '.join(map(str, sorted(set(texts.values()))))}"
    return "\n".join([
        f"diff --git a/{name} b/{name}", f"--- a/{name}", f"+++ b/{name}",
        f"@@ -{start + 1},{old} +{start + 1},{new} @@ {told}",
        *(f" {line}" for line in before), *(f"+{_INDENT}{text}" for text in texts), *(f" {line}" for line in after), "",
    ])
