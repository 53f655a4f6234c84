"""An order of more than one page of lines in the browser: a scan brings the page of its line, cells save there."""

from decimal import Decimal

import pytest

from tests import factories, grown
from tests.sales.delivery_shop import confirmed
from tests.sales.order_shop import eventually, shop
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_scan_a_cell_and_the_pages_of_eighty_lines(page, login):
    s = shop()
    big = grown.article("G-90", 6, 15)
    variants = list(big.variants.order_by("colour__position", "size__position"))
    order = factories.draft(employee=s.office, branch=s.branch, items=[(one, 1) for one in variants[:80]])
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.wait_for_selector("html[data-scanning=ready]")
    page.get_by_text("Regels 1–75 van 80").wait_for()
    scan(page, "G-G-90-77")
    page.get_by_text("Regels 76–80 van 80").wait_for()
    assert page.locator("#lines-table tr[data-url]").count() == 5
    # once more: the page stays, and the line counts on
    scan(page, "G-G-90-77")
    eventually(page, lambda: order.lines.get(variant=variants[77]).quantity == 3)
    quantity = page.get_by_label(f"Aantal {big.name} Groei 005 32", exact=True)
    eventually(page, lambda: quantity.input_value() == "3")
    quantity.fill("5")
    quantity.press("Tab")
    # 84 x 49,95
    page.get_by_text("€ 4.195,80").first.wait_for()
    assert order.lines.get(variant=variants[77]).quantity == 5
    page.get_by_role("link", name="Vorige").click()
    page.get_by_text("Regels 1–75 van 80").wait_for()
    assert page.locator("#lines-table tr[data-url]").count() == 75


def test_a_slip_of_eighty_lines_counts_over_its_pages(page, login):
    s = shop()
    big = grown.article("G-90", 6, 15, branch_ids=[s.branch.pk])
    variants = list(big.variants.order_by("colour__position", "size__position"))
    order = confirmed(s, [(one, 1) for one in variants[:80]])
    login(page, s.seller)
    page.goto(f"/verkoop/verkooporders/{order.pk}/pakbon/")
    page.wait_for_selector("html[data-scanning=ready]")
    page.get_by_text("Regels 1–75 van 80").wait_for()
    scan(page, "G-G-90-78")
    page.get_by_text("Regels 76–80 van 80").wait_for()
    page.get_by_role("button", name="Vorige").click()
    page.get_by_text("Regels 1–75 van 80").wait_for()
    scan(page, "G-G-90-0")
    eventually(page, lambda: page.locator("#slip-lines input.cell").first.input_value() == "1")
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_role("heading", name="Pakbon").first.wait_for()
    slip = order.deliveries.get()
    assert dict(slip.lines.values_list("line__variant", "quantity")) == {
        variants[0].pk: Decimal(1), variants[78].pk: Decimal(1),
    }  # fmt: skip
