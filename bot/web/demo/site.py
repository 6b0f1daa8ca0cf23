"""The demo's pages: words from `data/locales`, facts from `data/knowledge`, tokens of sample customers."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.lists import format_list
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.adapters.identity_token import sign
from bot.adapters.knowledge import read_facts
from bot.adapters.locales import read_locales
from bot.adapters.sample_customers import sample_identity
from bot.adapters.yaml_reader import load
from bot.core.facts import Facts
from bot.languages import COMPLETE, NAMES
from bot.settings import Settings
from bot.web.demo import tables


class Site:
    """Renders pages. The first page reads words and facts, so the gateway's start does not wait for them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                                      lstrip_blocks=True)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The articles' slugs, in their order."""
        return tuple(self._words[COMPLETE[0]]["articles"])

    @cached_property
    def customers(self) -> dict[str, dict[str, Any]]:
        """The sample customers by their key: `as`, `name`, `email`."""
        customers: dict[str, dict[str, Any]] = load(self._settings.data / "demo_customers.yml")
        return customers

    def render(self, template: str, lang: str, customer: str | None, **values: Any) -> str:
        """The page for a sample customer; `None` or an unknown key is an anonymous visitor."""
        words = self._words[lang]
        return self._templates.get_template(template).render(
            lang=lang, others={other: NAMES[other] for other in COMPLETE if other != lang}, customers=self.customers,
            customer=self.customers.get(customer or "") and customer, token=self._token(customer), facts=self._facts,
            tables=tables, fill=self._filled(lang), articles=words["articles"], t=words["tables"], site=words["site"],
            intro=words["home"], titles=words["customers"], **values)

    def _token(self, customer: str | None) -> str | None:
        """A fresh identity token, `None` for an anonymous visitor."""
        if (sample := self.customers.get(customer or "")) is None:
            return None
        identity = replace(sample_identity(sample["as"]), name=sample["name"], email=sample["email"])
        return sign(identity, self._settings)

    def _filled(self, lang: str) -> dict[str, str]:
        """The values for placeholders in articles."""
        plans = [self._facts.label("plan", plan, lang) for plan in self._facts.plans_with("priority_response")]
        return {"priority_plans": format_list(plans, locale=lang)}

    @cached_property
    def _facts(self) -> Facts:
        return read_facts(self._settings.data)

    @cached_property
    def _words(self) -> dict[str, Any]:
        return read_locales(self._settings.data, "demo")
