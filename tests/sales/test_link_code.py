"""An unknown code at the scan line: said aloud, nothing added, and with the right linked to an article and added."""

import re
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from backoffice.catalog.models import Barcode
from backoffice.core.errors import Refusal
from backoffice.core.keys import new_key
from sales.services import linking
from tests import factories
from tests.sales.order_shop import eventually, pieces, shop
from tests.scanner import scan

CODE = "8712345678906"


def link(order, variant, employee, **more):
    return linking.link_code(order_id=order.pk, code=CODE, variant_id=variant.pk, employee=employee, **more)


@pytest.mark.django_db
def test_the_code_is_linked_and_its_line_added_once():
    s = shop()
    order, key = factories.draft(employee=s.office, items=[(s.riem, 1)]), new_key()
    for _twice in range(2):
        link(order, s.wit40, s.office, quantity=Decimal(5), key=key)
    assert pieces(order) == [("Riem Tuig", 1), ("Wit 40", 5)]
    assert Barcode.objects.get(code=CODE).variant == s.wit40


@pytest.mark.django_db
def test_both_happen_or_neither():
    s = shop()
    order = factories.draft(employee=s.office)
    with pytest.raises(Refusal) as refused:
        link(order, s.wit40, s.office, quantity=Decimal(100_000))
    assert refused.value.code == "line.quantity"
    with pytest.raises(Refusal) as refused:
        link(order, s.wit40, s.seller)
    assert refused.value.code == "catalog.right"
    assert (pieces(order), Barcode.objects.filter(code=CODE).count()) == ([], 0)


@pytest.mark.django_db
def test_only_with_the_right_the_scan_line_offers_it(client):
    s = shop()
    order = factories.draft(employee=s.office, branch=s.branch)
    for who, offered in ((s.office, True), (s.seller, False)):
        client.force_login(who)
        answer = client.post(reverse("sales:scan", args=[order.pk]), {"code": CODE, "key": new_key()})
        url = reverse("sales:link_code", args=[order.pk])
        assert (answer.status_code, f"{url}?code={CODE}" in answer.headers["HX-Trigger"]) == (422, offered)
        assert client.get(f"{url}?code={CODE}").status_code == (200 if offered else 403)


def unknown(page, login, s, who):
    order = factories.draft(employee=who, branch=s.branch)
    login(page, who)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.wait_for_selector("html[data-scanning=ready]")
    scan(page, CODE)
    eventually(page, lambda: CODE in page.locator("#scan-alert").text_content())
    assert page.locator("#scan-alert").get_attribute("role") == "alert"
    return order


@pytest.mark.django_db(transaction=True)
def test_an_unknown_code_is_linked_to_a_colour_and_size_and_added(page, login):
    s = shop()
    order = unknown(page, login, s, s.office)
    page.get_by_role("button", name="Koppelen aan artikel").click()
    dialog = page.get_by_role("dialog", name=f"Barcode {CODE} koppelen aan een artikel?")
    dialog.get_by_role("combobox", name="Artikel").fill("oxford")
    page.get_by_role("option", name=re.compile("Oxford-overhemd Kade")).click()
    dialog.get_by_role("button", name="Koppelen").click()
    dialog.get_by_role("alert").get_by_text("Kies het artikel, en de kleur en maat.").wait_for()
    assert (pieces(order), Barcode.objects.filter(code=CODE).count()) == ([], 0)
    dialog.get_by_role("combobox", name="Kleur en maat").fill("navy 40")
    page.get_by_role("option", name="Navy 40").click()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#scan[data-state=known]")
    assert page.locator("dialog[open]").count() == 0
    eventually(page, lambda: pieces(order) == [("Navy 40", 1)])
    assert page.get_by_label("Aantal Oxford-overhemd Kade Navy 40").input_value() == "1"
    scan(page, CODE)
    eventually(page, lambda: pieces(order) == [("Navy 40", 2)])
    assert not page.get_by_role("button", name="Koppelen aan artikel").is_visible()


@pytest.mark.django_db(transaction=True)
def test_escape_and_no_leave_all_as_it_was_and_a_bare_article_needs_no_size(page, login):
    s = shop()
    order = unknown(page, login, s, s.office)
    for leave in ("Escape", "Nee"):
        page.get_by_role("button", name="Koppelen aan artikel").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox", name="Artikel").fill("riem")
        page.get_by_role("option", name=re.compile("Riem Tuig")).click()
        page.wait_for_selector("#link-variants input[name=variant]", state="attached")
        page.keyboard.press("Escape") if leave == "Escape" else dialog.get_by_role("button", name="Nee").click()
        page.locator("dialog[open]").wait_for(state="detached")
        assert (pieces(order), Barcode.objects.filter(code=CODE).count()) == ([], 0)
    page.get_by_role("button", name="Koppelen aan artikel").click()
    page.get_by_role("dialog").get_by_role("combobox", name="Artikel").fill("riem")
    page.get_by_role("option", name=re.compile("Riem Tuig")).click()
    page.wait_for_selector("#link-variants input[name=variant]", state="attached")
    page.get_by_role("dialog").get_by_role("button", name="Koppelen").click()
    eventually(page, lambda: pieces(order) == [("Riem Tuig", 1)])


@pytest.mark.django_db(transaction=True)
def test_a_seller_hears_it_and_the_next_scan_works(page, login):
    s = shop()
    order = unknown(page, login, s, s.seller)
    assert not page.get_by_role("button", name="Koppelen aan artikel").is_visible()
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 1)])
