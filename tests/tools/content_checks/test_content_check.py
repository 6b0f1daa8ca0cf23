"""The real data has no problems; each kind of slip in a copy of it is found, with file, line and remedy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.knowledge import read_facts
from bot.adapters.yaml_reader import read, read_folder
from bot.core.facts import Facts
from bot.settings import ROOT
from bot.tools import content_checks
from bot.tools.content_checks import problems

case = pytest.param
LINE = re.compile(r"\S+:\d+: .+\. [A-Z`].*\.$")
PHRASES = ("locales/id/phrases.yml", "locales/en/phrases.yml")


class Copy:
    """A copy of the real data: always the same paths, so that the checks read a file again only when it has changed."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        shutil.copytree(ROOT / "data", self.data)
        self.contents = self._now()
        self.read = {check: self._read_by(check) for check in content_checks.CHECKS}

    def __iter__(self) -> Iterator[Callable[[Path], Iterator[str]]]:
        """The checks that have read a file which has changed since, or all where files have come or gone. The others
        say nothing, as they did of the untouched copy."""
        now = self._now()
        changed = {path for path, content in now.items() if self.contents.get(path) != content}
        has_same_files = now.keys() == self.contents.keys()
        return (check for check, read in self.read.items() if not has_same_files or read & changed)

    def mend(self) -> None:
        """Take every change back."""
        shutil.rmtree(self.data.parent / "tests", ignore_errors=True)
        for path, content in self.contents.items():
            if path.read_bytes() != content:
                path.write_bytes(content)

    def _now(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.data.parent.rglob("*") if path.is_file()}

    def _read_by(self, check: Callable[[Path], Iterator[str]]) -> set[Path]:
        """The files that a check reads; it finds nothing in them."""
        read, open_ = set[Path](), Path.open

        def noted(path: Path, *arguments: Any, **named: Any) -> Any:
            read.add(path)
            return open_(path, *arguments, **named)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "open", noted)
            assert list(check(self.data)) == []
        return read


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """One for all tests."""
    return Copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture
def data(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy, to break; checked by what a test may have touched. Its facts are read only when it has changed them:
    that takes longest."""
    before = _contents(copy.data / "knowledge")

    def read_changed_facts(data: Path) -> Facts | None:
        return read_facts(data) if _contents(data / "knowledge") != before else None

    monkeypatch.setattr("bot.tools.content_checks.knowledge.read_facts", read_changed_facts)
    monkeypatch.setattr(content_checks, "CHECKS", copy)
    yield copy.data
    copy.mend()


def _contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def _replace(path: Path, old: str, new: str) -> None:
    """Replace the first match of the regular expression `old`, which must be there."""
    text, count = re.subn(old, new, path.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1, f"{path.name} has no {old!r} any more; mend the test"
    path.write_text(text)


def _found(data: Path, file: str, expected: str) -> str:
    """The problem that has `expected`; it must be about `file` and of the right form."""
    found = problems(data)
    fitting = [problem for problem in found if expected in problem]
    assert fitting, f"no problem says {expected!r}, but: {found}"
    assert fitting[0].startswith(f"data/{file}:"), fitting[0]
    assert LINE.match(fitting[0]), fitting[0]
    return fitting[0]


def test_the_real_data_has_no_problems() -> None:
    """What `kilat check` says of this checkout."""
    assert problems(ROOT / "data") == []


def test_an_untouched_copy_has_no_problems(copy: Copy) -> None:
    """The folder may lie anywhere."""
    assert problems(copy.data) == []


def test_what_is_checked_again(copy: Copy, data: Path) -> None:
    """Nothing of an untouched copy; what reads a changed file; all where a file has come."""
    assert list(copy) == []
    _replace(data / "greeting.yml", r"\Z", "# a remark\n")
    assert {check.__module__.rpartition(".")[2] for check in copy} == {"syntax", "knowledge", "greeting"}
    (data.parent / "tests").mkdir()
    (data.parent / "tests" / "one.yml").write_text("a: b\n")
    assert list(copy) == list(copy.read)


def test_neither_rasa_nor_tensorflow_is_imported() -> None:
    """The check starts at once."""
    script = (
        "import sys, bot.tools.content_checks; print({'rasa', 'rasa_sdk', 'tensorflow', 'spacy'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("knowledge/channels.yml", r"feature: help_center", "feature: help_centre", "help_centre",
         id="unknown feature"),
    case("knowledge/priorities.yml", r"first_response_hours: 4", "first_response_hours: soon", "first_response_hours",
         id="not a number"),
    case("knowledge/entitlements.yml", r"\Z", "nlu: []\n", "because of `nlu:`", id="nlu in knowledge"),
    case("patterns/personal_data.yml", r"^secret:", "secrets:", "`secret` is missing", id="a list of personal words"),
    case("patterns/personal_data.yml", r"nama saya,", "Nama saya,", "not plain lower case", id="a personal word"),
    case("patterns/personal_data.yml", r"nama saya,", "nama saya, nama saya,", "stands twice",
         id="a personal word twice"),
    case("patterns/question_cues.yml", r"\Z", "    responses: {}\n", "because of `responses:`",
         id="responses in patterns"),
    case("locales/en/names.yml", r"\Z", "rules: x\n", "because of `rules:`", id="rules in locales"),
    case("vocabulary/filler.yml", r"\Z", "stories: []\n", "because of `stories:`", id="stories in vocabulary"),
    case("topics.yml", r"\Z", "  rules: []\n", "because of `rules:`", id="rules in topics"),
    case("test_stories.yml", r"\Z", "nlu: []\n", "because of `nlu:`", id="nlu in test stories"),
])
def test_knowledge(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """Facts that do not load, and keys that Rasa would take for training data."""
    _replace(data / file, old, new)
    assert any(problem.startswith(f"data/{file}:") and expected in problem for problem in problems(data))


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("topics.yml", r"^greet:$", "greet: [", "not valid YAML", id="no YAML"),
    case("topics.yml", r"^goodbye:$", "greet:", "the key greet stands in line", id="a topic twice"),
    case("locales/en/phrases.yml", r"\Z", 'lead_yes: "Yep"\n', "the key lead_yes stands in line", id="a phrase twice"),
    case("locales/en/responses/ticket.yml", r"\A[\s\S]*\Z", "# nothing\n", "the file is empty", id="empty file"),
    case("greeting.yml", r"^questions:", "question:", "`questions` is missing", id="missing key"),
    case("greeting.yml", r"\A[\s\S]*\Z", "questions: Hello\n", "a list is expected", id="wrong shape"),
])
def test_form(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """Broken YAML, keys that stand twice, wrong shapes."""
    _replace(data / file, old, new)
    _found(data, file, expected)


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("phone", r"\Z", 'utter_billing: "Ya"\n', "utter_billing stands at data/locales/id/responses/channels.yml:",
         id="in two files"),
    case("handoff", r"\{position\}", "{positon}", "no code fills {positon}", id="unknown placeholder"),
    case("handoff", r"\{position\}", "{position", "the braces do not match", id="open brace"),
    case("phone", r"\Z", 'utter_weather: "Hujan"\n', "no code says utter_weather", id="dead response"),
    case("smalltalk", r"^(utter_goodbye: \")", r"\1{verdict}", "only a function fills {verdict}, and goodbye has none",
         id="no function fills it"),
])
def test_responses(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """One slip each in a response."""
    _replace(data / "locales" / "id" / "responses" / f"{file}.yml", old, new)
    _found(data, f"locales/id/responses/{file}.yml", expected)


@pytest.mark.parametrize("name", [
    "utter_howto", "utter_service_trouble", "utter_greet", "utter_chatbot", "utter_dissatisfied",
])
def test_a_response_that_code_says_is_missing(data: Path, name: str) -> None:
    """By its whole name, in an adapter, or put together from a topic."""
    for path in (data / "locales").rglob("responses/*.yml"):
        path.write_text(path.read_text().replace(f"{name}:", f"{name}_old:"))
    fitting = [problem for problem in problems(data) if f"there is no {name}, which" in problem]
    assert fitting and fitting[0].startswith("data/locales/id/responses") and LINE.match(fitting[0])


def test_a_family_of_responses_is_missing(data: Path) -> None:
    """The beginning of an f-string fits no response."""
    path = data / "locales" / "id" / "responses" / "fallback.yml"
    path.write_text(path.read_text().replace("utter_door_", "utter_gate_"))
    _found(data, "locales/id/responses", "there is no utter_door_, which bot/services/dialogue/manager.py:")


def test_cues(data: Path) -> None:
    """Each is a regular expression."""
    _replace(data / "patterns" / "question_cues.yml", r"^  or: \['", "  or: ['(")
    _found(data, "patterns/question_cues.yml", "the cue or is no regular expression")


@pytest.mark.parametrize(("old", "new", "expected"), [
    case(r"\Z", 'weather: "x"\n', "no code uses the phrase weather", id="dead"),
    case(r"^lead_yes:", "lead_yep:", "there is no phrase lead_yes, which bot/services/", id="missing"),
    case(r"^evidence_answers:", "evidence_answer:", "there is no phrase evidence_answers", id="missing, by a variable"),
    case(r"^impact_down:", "impact_dwn:", "there is no phrase impact_down", id="missing, made up from a value"),
    case(r"^button_(\w+):", r"knob_\1:", "no code uses the phrase knob_", id="out of its family"),
    case(r"\{restored\}", "{restord}", "does not fill {restord}", id="placeholder that nobody fills"),
])
def test_phrases_against_the_code(data: Path, old: str, new: str, expected: str) -> None:
    """The same change in both languages."""
    for file in PHRASES:
        _replace(data / file, old, new)
    _found(data, "locales/id/phrases.yml", expected)


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("topics.yml", r"^greet:", "hello:", "the intent hello is missing in data/nlu", id="topic without examples"),
    case("topics.yml", r"^greet:", "hello:", "the intent hello is missing in data/stories", id="topic without rule"),
    case("topics.yml", r"^greet:", "hello:", "the intent hello is missing in domain.yml", id="topic not in the domain"),
    case("nlu/smalltalk.yml", r"intent: greet$", "intent: hello", "the intent hello is missing in topics.yml",
         id="examples without topic"),
    case("stories/rules.yml", r"intent: greet$", "intent: hello", "the intent hello is missing in topics.yml",
         id="rule without topic"),
    case("topics.yml", r"^greet:", "hello:", "the intent hello is missing in data/locales/id/topics.yml",
         id="topic without title"),
    case("topics.yml", r"next: \[phone_access,", "next: [phone_acces,", "the next topic phone_acces does not exist",
         id="unknown next"),
    case("topics.yml", r"next: \[phone_access, phone_prepare\]",
         "next: [phone_access, phone_prepare, billing, chatbot]",
                 "has 4 next topics", id="four next topics"),
    case("topics.yml", r"next: \[phone_access, phone_prepare\]", "next: [phone_access, phone_access]", "stands twice",
         id="next twice"),
    case("topics.yml", r"accepts: \[country\]", "accepts: [land]", "accepts the unknown kind land", id="unknown kind"),
    case("topics.yml", r"  accepts: \[country\]", "  accept: [country]", "the field accept is unknown",
         id="unknown field"),
    case("topics.yml", r"^  file: phone$", "  file: telephone", "stand in phone.yml", id="another file"),
    case("topics.yml", r"^  file: phone$", "  file: tables", "bot/services/answer/tables.py answers nothing of phone_",
         id="a module that is not named"),
])
def test_topics(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """One slip each in the topics, or in what they are compared with."""
    _replace(data / file, old, new)
    _found(data, file, expected)


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("greeting.yml", r"phone_number,", "phone_numbers,", "question phone_numbers does not exist", id="no topic"),
    case("greeting.yml", r"phone_number,", "live_chat,", "question live_chat stands twice", id="twice"),
    case("greeting.yml", r"phone_number,", "phone_number, community,", "offers 5 questions", id="five"),
    case("greeting.yml", r"\[.*\]", "[]", "offers 0 questions", id="none"),
])
def test_greeting(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """One slip each in what a new conversation offers."""
    _replace(data / file, old, new)
    _found(data, file, expected)


def test_an_intent_of_the_domain_alone(data: Path) -> None:
    """Forgotten in topics.yml, examples and rules."""
    _replace(data / "topics.yml", r"^goodbye:\n(  .*\n)+", "")
    _replace(data / "nlu" / "smalltalk.yml", r"^- intent: goodbye\n  examples: \|\n(    .*\n)+", "")
    _replace(data / "stories" / "rules.yml", r" *- intent: goodbye\n", "")
    pattern = re.compile(r"domain\.yml:\d+: the intent goodbye is missing in topics\.yml\.")
    assert any(pattern.match(problem) for problem in problems(data))


def test_the_rule_for_what_is_not_understood(data: Path) -> None:
    """`nlu_fallback` is no topic, but it needs its rule."""
    _replace(data / "stories" / "rules.yml", r" *- intent: nlu_fallback\n", "")
    _found(data, "topics.yml", "nlu_fallback is missing in data/stories")


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("data/topics.yml", r"^goodbye:", "good_bye:", "tests/nlu/questions asks 0 times for good_bye",
         id="no questions"),
    case("tests/nlu/gates.yml", r"smalltalk: 87, ", "", "the topics of the file smalltalk have no bar", id="no bar"),
    case("tests/nlu/questions/phone.yml", r"\Z", "- {say: x, lang: id, intent: phone_rates}\n",
         "the question has no kind", id="no kind"),
    case("tests/nlu/questions/phone.yml", r"\Z", "- {say: x, lang: id, kind: chat}\n",
         "the question has no intent", id="no intent"),
    case("tests/nlu/questions/phone.yml", r"\Z", "- {say: x, lang: xx, kind: chat, intent: phone_rates}\n",
         "the language xx is unknown", id="no language"),
    case("tests/nlu/questions/phone.yml", r"\Z", "- {say: x, lang: id, kind: chat, intent: [phone_rates, rates]}\n",
         "the intent rates is missing in topics.yml", id="no such intent"),
    case("tests/nlu/questions/phone.yml", r"\Z", "- {say: x, lang: id, kind: chat, intent: phone_rates}\n" * 2,
         "'x' is asked at", id="asked twice"),
])
def test_the_test_set(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """An intent without questions, a file of topics without a bar, and slips in a question."""
    shutil.copytree(ROOT / "tests" / "nlu", data.parent / "tests" / "nlu")
    _replace(data.parent / file, old, new)
    fitting = [problem for problem in problems(data) if expected in problem]
    assert fitting and fitting[0].startswith(f"{file}:") and LINE.match(fitting[0])


def _drop(count: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: lines[:count]


@pytest.mark.parametrize(("change", "expected"), [
    case(lambda lines: [*lines, lines[0]], "Remove one of them", id="twice"),
    case(lambda lines: [*lines, f"{lines[0].upper()} !?"], "Remove one of them", id="twice, folded"),
    case(lambda lines: [*lines, "- Apa itu  P2?", "- P2 itu apa"], "Keep it in one of the intents",
         id="in two intents"),
    case(lambda lines: [*lines, "chatbot ada di mana"], "the line is no example", id="no hyphen"),
    case(lambda lines: [*lines[:30], "", *lines[30:]], "the line is empty", id="an empty line"),
    case(_drop(59), "chatbot has 59 examples", id="too few"),
    case(lambda _: [f"- chatbot itu yang nomor {n} di mana ya" for n in range(60)],
         "0 of 60 examples in the language en", id="no English"),
    case(lambda _: [f"- where is the chatbot number {n}" for n in range(60)], "0 of 60 examples in the language id",
         id="no Indonesian"),
    case(lambda lines: [*lines, "- siapa yg boleh pake P2 nih"], "is nearly 'siapa yg boleh pake P2 nih' [chatbot]",
         id="nearly in two intents"),
    case(lambda lines: [*lines, "- nih siapa yg boleh pkae P2"], "is nearly 'nih siapa yg boleh pkae P2' [chatbot]",
         id="in two intents, in another order"),
])
def test_examples(data: Path, change: Callable[[list[str]], list[str]], expected: str) -> None:
    """One slip each in the examples of `chatbot`."""
    definition = r"(- intent: priority_definition\n  examples: \|\n)"
    _replace(data / "nlu" / "priority.yml", definition, r"\1    - apa itu p2\n    - siapa yg boleh pkae P2 nih\n")
    path = data / "nlu" / "channels.yml"
    match = re.search(r"(?<=- intent: chatbot\n  examples: \|\n)(?:    .*\n)+", path.read_text())
    assert match
    lines = change([line.strip() for line in match.group().splitlines()])
    path.write_text(path.read_text().replace(match.group(), "".join(f"    {line}\n" for line in lines)))
    file = "priority" if "in one of" in expected or "nearly" in expected else "channels"
    _found(data, f"nlu/{file}.yml", expected)


def test_an_intent_in_two_places(data: Path) -> None:
    """Its examples belong together."""
    with (data / "nlu" / "phone.yml").open("a") as file:
        file.write("- intent: chatbot\n  examples: |\n    - bot kalian itu nongkrong di halaman mana\n")
    _found(data, "nlu/phone.yml", "chatbot has examples at data/nlu/channels.yml:")


def test_examples_that_are_no_block(data: Path) -> None:
    """Folded, they would be one example."""
    _replace(data / "nlu" / "phone.yml", r"examples: \|", "examples: >")
    _found(data, "nlu/phone.yml", "are not one block")


@pytest.mark.parametrize(("asked", "line"), [
    ("Chatbotnya nongkrong di halaman mana?", "chatbotnya nongkrong di hlaman mana"),
    ("chatbotnya di halaman mana nongkrong", "di halaman mana chatbotnya nongkrong"),
])
def test_a_leak(data: Path, asked: str, line: str) -> None:
    """A training line that is nearly a test question is told without the question."""
    (data.parent / "tests" / "nlu" / "questions").mkdir(parents=True)
    (data.parent / "tests" / "nlu" / "figures.yml").write_text("total: [1, 2]\n")
    (data.parent / "tests" / "nlu" / "questions" / "channels.yml").write_text(f"- say: {asked}\n")
    _replace(data / "nlu" / "channels.yml", r"(- intent: chatbot\n  examples: \|\n)", rf"\1    - {line}\n")
    problem = _found(data, "nlu/channels.yml", "is nearly the test question at tests/nlu/questions/channels.yml:1")
    assert asked not in problem


def test_too_short_to_leak(data: Path) -> None:
    """There is one way to say it: it may stand in both."""
    (data.parent / "tests" / "nlu").mkdir(parents=True)
    (data.parent / "tests" / "nlu" / "questions.yml").write_text("- say: nomor jepang nongkrong\n")
    before, definition = problems(data), r"(- intent: phone_number\n  examples: \|\n)"
    _replace(data / "nlu" / "phone.yml", definition, r"\1    - nomor jepang nongkrong\n")
    assert problems(data) == before


@pytest.mark.parametrize(("old", "new", "expected"), [
    case(r"- lines: .*\n  reason: the tier .*\n", "", "is nearly 'dukungan tingkat satu", id="no longer accepted"),
    case(r"^alike:", "alike:\n- {lines: [a b, b c], reason: x}", "nothing finds these lines", id="not needed"),
    case(r"reason: the tier .*", 'reason: ""', "no reason is given", id="without a reason"),
])
def test_accepted(data: Path, old: str, new: str, expected: str) -> None:
    """Each exception is needed, and says why."""
    _replace(data / "accepted_findings.yml", old, new)
    _found(data, "nlu/plans.yml" if "nearly" in expected else "accepted_findings.yml", expected)


@pytest.mark.parametrize(("file", "value", "expected"), [
    ("support", "tam", "no example in data/nlu names the feature tam"),
    ("country", "AT", "no example in data/nlu names the country AT"),
])
def test_a_value_that_no_example_names(data: Path, file: str, value: str, expected: str) -> None:
    """By none of its words; a country without a phone line needs no example."""
    _replace(data / "vocabulary" / f"{file}.yml", rf"^    {value}: \[[^\]]*\]", f"    {value}: [xyzzy]")
    _found(data, f"vocabulary/{file}.yml", expected)


@pytest.mark.parametrize(("file", "old", "new", "expected"), [
    case("vocabulary/customer.yml", r"\[pro, ", "[pro, bisnis, ", "'bisnis' stands under pro too",
         id="under two values"),
    case("vocabulary/customer.yml", r"\[pro, ", "[pro, pro, ", "'pro' stands under pro twice", id="twice"),
    case("vocabulary/spelling.yml", r"^berapa: \[", "berapa: [utk, ", "'utk' stands under",
         id="one spelling of two words"),
    case("vocabulary/customer.yml", r"\[pro, ", "[Pro, ", "'Pro' is not plain lower case", id="a capital"),
    case("vocabulary/language.yml", r"\[ a, ", '[ "a ", ', "'a ' is not plain lower case", id="a space"),
    case("vocabulary/customer.yml", r"\[pro, ", "[pro, 365, ", "365 is no text to YAML", id="a number"),
    case("knowledge/phone_lines.yml", r"^  GB: ", "  QQ: ", "the country QQ has no words", id="country without words"),
    case("knowledge/customers.yml", r"member\]", "guest]", "the role guest has no words", id="role without words"),
    case("vocabulary/support.yml", r"^    p4:", "    p5:", "the code does not know the priority p5",
         id="unknown priority"),
    case("vocabulary/support.yml", r"^    p4:", "    p5:", "the priority p4, which the code knows, has no words",
         id="no words for p4"),
    case("vocabulary/support.yml", r"^    live_chat:", "    chat:", "the channel live_chat, which",
         id="no words for a channel"),
    case("vocabulary/support.yml", r"^    tam:", "    tum:", "the feature tam, which", id="no words for a feature"),
    case("vocabulary/customer.yml", r"^    premier:", "    prime:", "the plan premier, which",
         id="no words for a plan"),
    case("vocabulary/customer.yml", r"^    api:", "    app:", "the account_type api, which",
         id="no words for an account type"),
    case("vocabulary/customer.yml", r"^    owner:", "    boss:", "the role owner, which", id="no words for a role"),
])
def test_vocabulary(data: Path, file: str, old: str, new: str, expected: str) -> None:
    """One slip each in the vocabulary, or in the facts whose values need words."""
    _replace(data / file, old, new)
    _found(data, file, expected)


def test_a_phone_line_country_without_words(data: Path) -> None:
    """The seventeen countries must be understood."""
    _replace(data / "vocabulary" / "country.yml", r"^    JP:", "    QJ:")
    _found(data, "knowledge/phone_lines.yml", "the country JP has no words")


def test_parts_know_their_lines(data: Path) -> None:
    """A part says where it stands."""
    path = data / "nlu" / "phone.yml"
    first = path.read_text().splitlines().index("- intent: phone_number") + 1
    assert read(path).entry("nlu").items()[0].entry("intent").at == f"{path}:{first}"
    assert len(read_folder(data / "nlu")) == len(list((data / "nlu").glob("*.yml")))
