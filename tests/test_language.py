"""Dutch is the source language: what we write is what is shown, whatever Django's own Dutch catalogue makes of it."""

import ast
import re
from pathlib import Path

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tests import factories
from tests.markup import compact

ROOT = Path(__file__).resolve().parent.parent
MARKS = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}
# the user's manual, "Verkooporders aanmaken" 2-10, letter for letter
FIELDS = [
    "Soort", "Debiteur", "Datum", "Medewerker", "Filiaal", "Betreft", "Verwachte leverdatum", "Leverwijze",
]  # fmt: skip


def sources():
    """(where, text) of every text that is marked for translation."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for _line, _function, text in engines["jinja2"].env.extract_translations(path.read_text()):
            yield path.relative_to(ROOT), text[0] if isinstance(text, tuple) else text
    for top in ("backoffice", "sales", "payments", "pos"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                marked = isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS and node.args
                if marked and isinstance(text := getattr(node.args[0], "value", None), str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def test_djangos_catalogue_changes_none_of_our_words():
    texts = list(sources())
    assert len(texts) > 300
    with translation.override("nl"):
        changed = [(str(where), text, gettext(text)) for where, text in texts if gettext(text) != text]
    assert changed == []


@pytest.mark.parametrize(("bare", "becomes"), [("Order", "Volgorde"), ("Home", "Voorpagina")])
def test_the_trap_is_there_and_nobody_steps_into_it(bare, becomes):
    with translation.override("nl"):
        assert gettext(bare) == becomes
    assert [str(where) for where, text in sources() if text == bare] == []


@pytest.fixture
def browser(client, db):
    client.force_login(factories.employee("office", factories.branch("Utrecht")))
    return client


def words(answer) -> str:
    """What a page says, without its tags."""
    page = re.sub(r"<(script|style|template).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_labels_of_the_manual_stand_on_the_order_screen(browser):
    assert "Verkooporders" in words(browser.get(reverse("sales:orders")))
    assert re.search(r"\bNieuw\b", words(browser.get(reverse("sales:orders"))))
    order = factories.draft()
    page = browser.get(reverse("sales:order", args=[order.pk])).content.decode()
    labels = [" ".join(re.sub(r"<span class=\"req\".*?</span>|<[^>]+>", " ", label).split()) for label in re.findall(
        r"<label[^>]*>(.*?)</label>", page, re.DOTALL)]  # fmt: skip
    assert [label for label in labels if label in FIELDS] == FIELDS
    assert "Verkooporder bevestigen" in words(browser.get(reverse("sales:order", args=[order.pk])))
    assert "Volgorde" not in page and "Voorpagina" not in page


def test_the_main_menu_says_what_the_manual_says(browser):
    page = compact(browser.get(reverse("sales:orders")))
    menu = re.search(r'<nav class="spine".*?</nav>', page, re.DOTALL)[0]
    for label in ("Verkoop", "Artikelen", "Debiteuren", "POS"):
        assert re.search(rf">{label}</a>", menu), label


@pytest.mark.parametrize(
    ("asked", "installed", "sentence"),
    [
        ("nl", "nl", "Dit veld is verplicht."),
        ("", "nl", "Dit veld is verplicht."),
        ("en-US,en;q=0.9", "nl", "Dit veld is verplicht."),
        ("nl", "en", "This field is required."),
    ],
)
def test_a_page_speaks_the_language_of_the_shop_and_says_which(browser, english, asked, installed, sentence):
    browser.force_login(factories.employee("admin"))
    with translation.override(installed):
        answer = browser.post(reverse("relations:branch_new"), {"code": ""}, headers={"Accept-Language": asked})
    page = answer.content.decode()
    assert answer.status_code == 422 and f'<html lang="{installed}">' in page
    said = [text for text in ("Dit veld is verplicht.", "This field is required.") if text in words(answer)]
    assert said == [sentence]
    assert ("Opslaan" in words(answer)) == (installed == "nl")
