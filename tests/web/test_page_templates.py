"""The words of the agents' pages name every column and chart."""

from __future__ import annotations

import pytest

from bot.languages import COMPLETE
from bot.services.insights import COLUMNS
from bot.settings import ROOT
from bot.web.console.insights import CHARTS
from bot.web.console.page_templates import Pages


@pytest.mark.parametrize("lang", COMPLETE)
def test_the_figures(lang: str) -> None:
    """Each has its name."""
    words = Pages(ROOT / "data").words(lang)["insights"]
    assert set(words["columns"]) == set(COLUMNS)
    assert set(words["charts"]) == set(CHARTS)
