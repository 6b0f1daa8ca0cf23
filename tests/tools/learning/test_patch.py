"""The patch is written, edited by a person, and taken by the real git."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from learning_samples import PHONE, SPANISH, asked, write_tree

from bot.settings import ROOT
from bot.tools.learning.line_checks import rejections
from bot.tools.learning.patch import PatchError, added, apply, is_valid_example, read_blocks, target_block, write_patch
from bot.tools.learning.proposals import Kind, Proposal


def proposal(number: int, intent: str | None, *texts: str, lang: str = "id") -> Proposal:
    """A proposal that has picked `texts`."""
    picked = tuple(asked(text, lang=lang) for text in texts)
    return Proposal(number, Kind.EXTEND if intent else Kind.NEW, picked, intent, (), 1.0, picked)


def patch_of(tree: Path, *proposals: Proposal) -> Path:
    """The patch of all that was picked, in a file."""
    new = frozenset(one.text for proposal in proposals for one in proposal.picked)
    path = tree / "learn.patch"
    path.write_text(write_patch(read_blocks(tree / "data"), proposals, new, tree), encoding="utf-8")
    return path


def test_lines_go_to_the_end_of_their_intent(tmp_path: Path) -> None:
    """In the middle of a file, at its end, and in the folder of their language; a new topic is no part of it."""
    tree = write_tree(tmp_path)
    patch = patch_of(tree, proposal(1, "phone_number", "nmr tokyo: brp?"), proposal(2, "phone_rates", "mahal ga"),
                     proposal(3, "phone_number", "teléfono de Lima", lang="es"), proposal(4, None, "rekaman"))
    apply(patch, tree)
    text = PHONE.replace("from Paris\n", "from Paris\n    - nmr tokyo: brp?\n") + "    - mahal ga\n"
    assert (tree / "data/nlu/phone.yml").read_text() == text
    assert (tree / "data/nlu/es/phone.yml").read_text() == SPANISH + "    - teléfono de Lima\n"
    assert added(patch.read_text()) == {"nmr tokyo: brp?", "mahal ga", "teléfono de Lima"}
    assert {block.intent: block.texts[-1] for block in read_blocks(tree / "data") if "es" not in block.path.parts} == {
        "phone_number": "nmr tokyo: brp?", "phone_rates": "mahal ga"}


def test_an_editor_deletes_and_rewords_lines(tmp_path: Path) -> None:
    """Nobody counts lines in a patch."""
    tree = write_tree(tmp_path)
    patch = patch_of(tree, proposal(1, "phone_number", "satu", "dua", "tiga"), proposal(2, "phone_rates", "empat"))
    edited = patch.read_text().replace("+    - dua\n", "").replace("- tiga", "- tiga kali")
    patch.write_text(edited)
    apply(patch, tree)
    assert "Paris\n    - satu\n    - tiga kali\n- intent" in (tree / "data/nlu/phone.yml").read_text()
    assert added(edited) == {"satu", "tiga kali", "empat"}


def test_an_editor_deletes_a_section_or_moves_a_line(tmp_path: Path) -> None:
    """Each section stands alone."""
    tree = write_tree(tmp_path)
    patch = patch_of(tree, proposal(1, "phone_number", "satu", "dua"), proposal(2, "phone_rates", "tiga"))
    _first, second = patch.read_text().split("diff --git")[1:]
    patch.write_text("diff --git" + second.replace("+    - tiga\n", "+    - tiga\n+    - dua\n"))
    apply(patch, tree)
    assert (tree / "data/nlu/phone.yml").read_text() == PHONE + "    - tiga\n    - dua\n"


def test_all_or_nothing(tmp_path: Path) -> None:
    """Training data that has changed since: told, and nothing is done."""
    tree = write_tree(tmp_path)
    patch = patch_of(tree, proposal(1, "phone_number", "satu", lang="es"), proposal(2, "phone_rates", "dua"))
    changed = PHONE.replace("berapa tarifnya", "tarifnya brp")
    (tree / "data/nlu/phone.yml").write_text(changed)
    with pytest.raises(PatchError, match=r"data/nlu/phone\.yml"):
        apply(patch, tree)
    assert (tree / "data/nlu/phone.yml").read_text() == changed
    assert (tree / "data/nlu/es/phone.yml").read_text() == SPANISH


def test_every_intent_of_the_real_data_can_be_extended(tmp_path: Path) -> None:
    """One line more in each, each in its place, nothing else changed."""
    shutil.copytree(ROOT / "data" / "nlu", tmp_path / "data" / "nlu")
    before = read_blocks(tmp_path / "data")
    intents = sorted({block.intent for block in before})
    apply(patch_of(tmp_path, *(proposal(number, intent, f"kalimat {intent}")
                               for number, intent in enumerate(intents, start=1))), tmp_path)
    after = {(block.intent, block.path): block.texts for block in read_blocks(tmp_path / "data")}
    homes = {target_block(before, intent, asked("x")) for intent in intents}
    assert len(homes) == len(intents)
    assert after == {(block.intent, block.path): (*block.texts, *[f"kalimat {block.intent}"] * (block in homes))
                     for block in before}


@pytest.mark.parametrize("text", ["hubungi saya di [e-mail]", "lihat [ini](itu)", "/phone_number", "x" * 301,
                                  "a\u202eb"])
def test_unfit(text: str) -> None:
    """Masked, marked up, a payload, overlong, or with control characters: a person rewords it first."""
    assert not is_valid_example(text)


def test_objections(tmp_path: Path) -> None:
    """Known lines, test questions (whose words are not told) and near copies are left out, with the reason."""
    data = write_tree(tmp_path) / "data"
    (tmp_path / "tests" / "nlu").mkdir(parents=True)
    (tmp_path / "tests/nlu/unseen.yml").write_text("- say: bagaimana cara menelepon dari kantor\n")
    found = rejections(["NOMOR JEPANG!", "bagaimana cara nelepon dari kantor", "rekaman rapat saya hilang",
                        "rekaman rapat saya hilangg", "kata [name]", "jam buka"], data)
    assert found["NOMOR JEPANG!"] == "nearly 'nomor jepang' of phone_number (data/nlu/phone.yml:5)"
    assert found["bagaimana cara nelepon dari kantor"] == "nearly a test question (tests/nlu/unseen.yml:1)"
    assert "which is proposed too" in found["rekaman rapat saya hilangg"]
    assert "mask" in found["kata [name]"]
    assert found.keys().isdisjoint({"rekaman rapat saya hilang", "jam buka"})


def test_an_intent_without_examples(tmp_path: Path) -> None:
    """The model is older than the data: told plainly."""
    with pytest.raises(Exception, match="train anew"):
        target_block(read_blocks(write_tree(tmp_path) / "data"), "gone", replace(asked("x")))
