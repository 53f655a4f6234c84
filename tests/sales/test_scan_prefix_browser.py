"""A scanner that sends a key first, set per till and per desk: a slow one arrives whole, wherever the cursor is."""

import pytest
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.keys import new_key
from backoffice.relations.models import Employee, Till
from backoffice.relations.services import preferences
from sales.models import SalesOrder
from tests import factories
from tests.sales.order_shop import eventually, pieces, shop
from tests.scanner import scan


@pytest.mark.django_db
def test_the_key_of_a_till_is_set_on_its_set_up_screen(client):
    s = shop()
    till = factories.till(s.branch)
    client.force_login(s.admin)
    url = reverse("relations:till", args=[till.pk])
    values = {"key": new_key(), "branch": s.branch.pk, "number": 1, "name": "Kassa 1", "printer_port": 9100}
    assert client.post(url, values | {"scan_prefix": "F5"}).status_code == 422
    assert Till.objects.get().scan_prefix == ""
    assert client.post(url, values | {"scan_prefix": "F9"}).status_code == 302
    assert Till.objects.get().scan_prefix == "F9"


@pytest.mark.django_db
def test_the_key_of_a_desk_is_the_employees_own_and_keeps_the_other_preferences():
    s = shop()
    Employee.objects.filter(pk=s.office.pk).update(preferences={"orders": "sort=-date"})
    preferences.set_scan_prefix(employee=s.office, prefix="F9")
    assert Employee.objects.get(pk=s.office.pk).preferences == {"orders": "sort=-date", "scan_prefix": "F9"}
    with pytest.raises(Refusal) as refused:
        preferences.set_scan_prefix(employee=s.office, prefix="a")
    assert refused.value.code == "scan_prefix.unknown"
    assert Employee.objects.get(pk=s.office.pk).preferences["scan_prefix"] == "F9"
    assert Employee.objects.get(pk=s.seller.pk).preferences == {}


@pytest.mark.django_db
def test_an_ean_with_a_wrong_check_digit_is_refused_and_not_looked_up(client):
    s = shop()
    client.force_login(s.office)
    order, other = (factories.draft(employee=s.office, branch=s.branch) for _ in range(2))
    wrong = "8712345678907"
    SalesOrder.objects.filter(pk=other.pk).update(
        number=wrong, lifecycle="confirmed", status="open", version=1, confirmed_at=other.entered_at
    )
    answer = client.post(reverse("sales:scan", args=[order.pk]), {"code": wrong, "key": new_key()})
    assert answer.status_code == 422
    said = answer.headers["HX-Trigger"]
    assert "het controlecijfer klopt niet" in said
    assert reverse("sales:order", args=[other.pk]) not in said and '"link": ""' in said
    assert pieces(order) == []


@pytest.mark.django_db(transaction=True)
def test_a_slow_scanner_with_its_key_arrives_whole_with_the_cursor_in_a_field(page, login):
    s = shop()
    order = factories.draft(employee=s.office, branch=s.branch)
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.wait_for_selector("html[data-scanning=ready]")
    field = page.get_by_label("Betreft")
    field.fill("Bruiloft")
    scan(page, factories.code_of(s.wit42), pause=0.15)  # without its key it is typing
    eventually(page, lambda: SalesOrder.objects.get(pk=order.pk).subject == "Bruiloft" + factories.code_of(s.wit42))
    assert pieces(order) == []

    page.get_by_role("button", name="Sanne").click()
    page.get_by_label("Voorlooptoets scanner").select_option("F9")
    page.get_by_text("Scanner met voorlooptoets F9.").wait_for()
    page.keyboard.press("Escape")
    field.fill("Bruiloft ")
    scan(page, factories.code_of(s.wit40), prefix="F9", pause=0.15)
    eventually(page, lambda: pieces(order) == [("Wit 40", 1)])
    assert field.input_value() == "Bruiloft "
    assert field.evaluate("field => field === document.activeElement")
    scan(page, "8712345678907", prefix="F9", pause=0.15)
    eventually(page, lambda: "controlecijfer" in page.locator("#scan-alert").text_content())
    assert pieces(order) == [("Wit 40", 1)]

    page.keyboard.press("F9")  # by hand: what is typed after it is not lost
    page.keyboard.type("in mei")
    eventually(page, lambda: field.input_value() == "Bruiloft in mei")

    page.reload()
    page.wait_for_selector("html[data-scanning=ready]")
    page.get_by_label("Betreft").focus()
    scan(page, factories.code_of(s.wit40), prefix="F9", pause=0.15)
    eventually(page, lambda: pieces(order) == [("Wit 40", 2)])
