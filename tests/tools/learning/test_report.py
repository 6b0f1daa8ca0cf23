"""The report tells a person what was missed, and why something is proposed."""

from __future__ import annotations

from learning_samples import asked
from markdown_it import MarkdownIt

from bot.tools.learning.proposals import Kind, Proposal
from bot.tools.learning.report import report

KNOWN = asked("nmr tokyo", people=3, lang="id", nearest=["phone_number"])
ENGLISH = asked("tokyo nr [name]", people=1, lang="en")
EVIL = asked("|| <script>alert(1)</script> [klik](http://x) *tebal*", [("out_of_scope", 0.9)], people=3)
BOTH = (KNOWN, ENGLISH)
EXTEND = Proposal(1, Kind.EXTEND, BOTH, "phone_number", (("phone_number", 0.6, 0.4),), 0.5, BOTH)
OUTSIDE = Proposal(2, Kind.OUT_OF_SCOPE, (EVIL,), "out_of_scope", (("out_of_scope", 0.9, 1.0),), 0.4, ())
NEW = Proposal(3, Kind.NEW, BOTH, None, (("phone_rates", 0.3, 0.1),), 0.45, BOTH)
LEFT = Proposal(4, Kind.NOTHING, (asked("entah"),), None, (), 1.0, ())
TOLD = report([EXTEND, OUTSIDE, NEW, LEFT], [asked("jepang", [("phone_number", 0.95)])],
              {ENGLISH.text: "holds a mask"}, "20261124-1")


def section(number: int) -> str:
    """The part of a group."""
    return TOLD.split(f"## Group {number}:")[1].split("\n## ")[0]


def test_overview() -> None:
    """Everything at a glance."""
    assert "12 messages, read again by the model 20261124-1, in 3 groups" in TOLD
    assert "| 1 | 4 | id 3, en 1 | extend `phone_number` | nmr tokyo |" in TOLD


def test_why() -> None:
    """The model's guess, the nearest lines, and what goes into the patch."""
    assert "`phone_number` 60%, 40%" in section(1) and "near: line 0 (`phone_number`)" in section(1)
    assert "+ nmr tokyo (id, `phone_number` 40%)" in section(1)
    assert "- tokyo nr \\[name\\] (en, `phone_number` 40%; left out: holds a mask)" in section(1)


def test_a_new_topic_is_sketched() -> None:
    """With the lines that are fit, its neighbours, and the steps; all of it comments."""
    sketch = section(3).split("```")[1].splitlines()[1:]
    assert all(line.startswith("#") for line in sketch)
    assert "#     - nmr tokyo" in sketch and not any("[name]" in line for line in sketch)
    assert any("phone_rates" in line for line in sketch)


def test_nothing_is_hidden() -> None:
    """What is too little to propose, and what needs nothing any more."""
    assert "- 4: entah" in TOLD.split("## Nothing to propose")[1]
    assert "- jepang (`phone_number`)" in TOLD.split("## Understood since")[1]


def test_visitors_write_no_markup() -> None:
    """Neither a link, nor HTML, nor a column of the table."""
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(TOLD)
    assert "<script" not in html and "href" not in html and "<em>" not in html
    assert html.count("<td>") == 3 * 5
