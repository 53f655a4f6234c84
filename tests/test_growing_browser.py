"""What is folded in a shop that grew, in a real browser: it comes when one asks for it, and nothing typed is lost."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sales.services import confirming
from tests import factories, grown
from tests.sales.order_shop import shop
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s(live_server):
    return shop()


def test_the_lines_of_cancelling_come_as_one_scrolls_and_what_is_typed_stays(page, login, live_server, s):
    large = grown.article("G-180", 12, 15)
    items = [(variant, 1) for variant in large.variants.order_by("pk")]
    draft = factories.draft(employee=s.office, branch=s.branch, customer=factories.customer(), items=items)
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    login(page, s.office)
    page.goto(live_server.url + reverse("sales:order", args=[order.pk]))
    settled(page)
    page.get_by_role("button", name="Order annuleren").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Alleen een deel annuleren").click()
    boxes = dialog.locator("table.part input")
    boxes.first.fill("1")
    while dialog.locator("table.part button").count():
        dialog.locator("table.part button").first.scroll_into_view_if_needed()
        expect(boxes.nth(75)).to_be_attached()
        page.wait_for_timeout(200)
    expect(boxes).to_have_count(180)
    expect(boxes.first).to_have_value("1")


def test_a_role_at_one_of_many_branches_is_given(page, login, live_server, s):
    grown.branches(s.branch, 60)
    person = factories.employee("seller", s.branch, name="Jan de Vries", email="jan@example.com")
    login(page, s.admin)
    page.goto(live_server.url + reverse("relations:employee", args=[person.pk]))
    settled(page)
    roles = page.locator("#roles")
    here = roles.get_by_role("group", name=s.branch.name, exact=True)
    here.get_by_label("Filiaalmanager").check()
    roles.get_by_label("Rol in een ander filiaal").select_option(label="Filiaal Groei 42")
    there = roles.get_by_role("group", name="Filiaal Groei 42")
    there.get_by_label("Verkoper").check()
    expect(here.get_by_label("Filiaalmanager")).to_be_checked()
    page.get_by_role("button", name="Opslaan").click()
    page.wait_for_url("**" + reverse("relations:employees"))
    held = sorted(person.roles.values_list("branch__name", "role"))
    assert held == sorted([("Filiaal Groei 42", "seller"), (s.branch.name, "manager"), (s.branch.name, "seller")])


def test_the_menu_of_many_branches_opens_and_one_goes_on_where_one_was(page, login, live_server, s):
    grown.branches(s.branch, 60)
    login(page, s.admin)
    page.goto(live_server.url + reverse("relations:profile"))
    settled(page)
    page.locator("button[popovertarget=branch-menu]").click()
    page.locator("#branch-menu").get_by_role("button", name="Filiaal Groei 42").click()
    expect(page.locator("button[popovertarget=branch-menu]")).to_contain_text("Filiaal Groei 42")
    assert page.url == live_server.url + reverse("relations:profile")
