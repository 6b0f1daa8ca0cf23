"""The widget's modules by themselves, in a real browser: `js/test_*.js`, each exported function a test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_gateway import serve
from playwright.sync_api import Browser, Page

JS = Path(__file__).parent / "js"
TESTS = [
    (path.name, name)
    for path in sorted(JS.glob("test_*.js"))
    for name in re.findall(r"^export const (\w+) = ", path.read_text(encoding="utf-8"), re.MULTILINE)]


@pytest.fixture(scope="module")
def bench(chromium: Browser) -> Iterator[Page]:
    """An empty page of the fake gateway."""
    with serve() as fake:
        page = chromium.new_page()
        page.goto(f"{fake.base}/v1/unread")
        yield page
        page.context.close()


@pytest.mark.parametrize(("file", "name"), TESTS, ids=[f"{file[5:-3]}-{name}" for file, name in TESTS])
def test_unit(bench: Page, file: str, name: str) -> None:
    """The function throws when something is not as it should be."""
    bench.evaluate("async ([file, name]) => { await (await import(`/test/js/${file}`))[name](); }", [file, name])
