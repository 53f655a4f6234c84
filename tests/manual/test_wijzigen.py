"""The manual's chapter "Wijzigen", and what belongs to it: dropping, a second person, and a delivery meanwhile."""

import io
from decimal import Decimal

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe

from sales.models import SalesOrder
from sales.services import amending, lines
from tests import factories
from tests.sales.living import confirmed, hand_over, line_of, reserved
from tests.sales.order_shop import eventually, pieces, shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(page, login):
    """opened(order, who): the order's page."""

    def make(order, who):
        login(page, who)
        page.goto(f"/verkoop/verkooporders/{order.pk}/")
        page.get_by_role("heading", name=order.number, exact=True).wait_for()
        return page

    return make


def start(page, order):
    """Wijzigen: the same screen, now to be typed in."""
    page.get_by_role("button", name="Wijzigen", exact=True).click()
    page.get_by_role("heading", name=f"{order.number} wijzigen").wait_for()
    page.wait_for_selector("html[data-scanning=ready]")


def fresh(order):
    return SalesOrder.objects.get(pk=order.pk)


def test_wijzigen(opened):
    s = shop()
    order = confirmed(s)
    page = opened(order, s.office)
    # 1. Wanneer de knop wijzigen wordt gebruikt kan er nog een aanpassing worden gedaan aan de order
    start(page, order)
    page.get_by_text("Sanne Bakker wijzigt deze order sinds").wait_for()
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").fill("6")
    page.get_by_label("Tekst Broek inkorten").fill("Binnenbeen 78 cm")
    page.get_by_label("Betreft").fill("Spoed")
    page.get_by_label("Betreft").press("Tab")
    page.locator("#order-settle .due", has_text="€ 324,70").wait_for()
    amendment = SalesOrder.objects.get(amends=order)
    eventually(page, lambda: fresh(amendment).subject == "Spoed")
    assert (fresh(order).gross.amount, fresh(order).subject) == (Decimal("224.80"), "")
    # 2. Wanneer de order gewijzigd is kan er op "Verkooporder bevestigen" worden geklikt
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    page.get_by_text(f"{order.number} is gewijzigd: versie 2").wait_for()
    page.get_by_role("heading", name=order.number, exact=True).wait_for()
    told = page.locator("#order-changed").inner_text().replace("\u00a0", " ")
    for said in ("Oxford-overhemd Kade Wit 40: Aantal", "Broek inkorten: Tekst", "Betreft", "Spoed", "€ 324,70"):
        assert said in told, told
    assert Axe().run(page).response["violations"] == []
    saved = fresh(order)
    assert (saved.version, saved.gross.amount, saved.subject) == (2, Decimal("324.70"), "Spoed")
    assert reserved(s.branch, s.wit40) == 6


def test_wijziging_verwerpen_asks_and_leaves_the_order_alone(opened):
    s = shop()
    order = confirmed(s)
    page = opened(order, s.office)
    start(page, order)
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").fill("9")
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").press("Tab")
    page.locator("#order-settle .due", has_text="€ 474,55").wait_for()
    page.get_by_role("button", name="Wijziging verwerpen").click()
    dialog = page.get_by_role("dialog", name=f"Wijziging van order {order.number} verwerpen?")
    eventually(page, lambda: page.evaluate("document.activeElement.textContent.trim()").startswith("Nee"))
    dialog.get_by_role("button", name="Nee").click()
    page.get_by_role("button", name="Wijziging verwerpen").click()
    dialog.get_by_role("button", name="Ja").click()
    page.get_by_role("heading", name=order.number, exact=True).wait_for()
    assert (fresh(order).version, pieces(order)[0]) == (1, ("Wit 40", 4))
    # from the old address one comes to the order
    page.goto(f"/verkoop/verkooporders/{SalesOrder.objects.get(amends=order).pk}/")
    page.get_by_role("heading", name=order.number, exact=True).wait_for()


def test_a_second_person_sees_who_has_it_and_takes_it_over(opened, new_page, login):
    s = shop()
    order = confirmed(s)
    page = opened(order, s.office)
    start(page, order)
    other = new_page()
    login(other, s.manager)
    other.goto(f"/verkoop/verkooporders/{order.pk}/")
    other.get_by_text("Sanne Bakker wijzigt deze order sinds").wait_for()
    other.get_by_role("button", name="Wijzigen", exact=True).click()
    dialog = other.get_by_role("dialog", name="Sanne Bakker wijzigt deze order sinds")
    assert Axe().run(other).response["violations"] == []
    dialog.get_by_role("button", name="Overnemen").click()
    other.get_by_role("heading", name=f"{order.number} wijzigen").wait_for()
    # the first one loses nothing: what is typed stays, and says who has it now
    cell = page.get_by_label("Aantal Oxford-overhemd Kade Wit 40")
    cell.fill("7")
    cell.press("Tab")
    page.get_by_text("Joris van Dam wijzigt deze order sinds").first.wait_for()
    assert page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").input_value() == "7"
    page.reload()
    page.get_by_role("button", name="Overnemen").wait_for()
    assert page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").count() == 0


def test_more_delivered_meanwhile_shows_both_values_and_a_way_on(opened):
    s = shop()
    order = confirmed(s)
    page = opened(order, s.office)
    start(page, order)
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").fill("1")
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").press("Tab")
    page.locator("#order-settle .due", has_text="€ 74,95").wait_for()
    hand_over(order, s.wit40, 3, s.manager)
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    conflict = page.locator("#conflict")
    conflict.get_by_role("row", name="Oxford-overhemd Kade Wit 40").wait_for()
    assert "3 geleverd" in conflict.inner_text()
    page.get_by_role("button", name="Geleverde aantallen overnemen").click()
    page.get_by_text("De geleverde aantallen zijn overgenomen.").wait_for()
    page.wait_for_selector("html[data-scanning=ready]")
    assert page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").input_value() == "3"
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    page.get_by_text("is gewijzigd: versie 2").wait_for()
    assert (pieces(order)[0], fresh(order).delivery_state) == (("Wit 40", 3), "part")


def test_another_vat_mode_asks_with_both_totals_first(opened):
    s = shop()
    order = confirmed(s)
    firm = factories.customer("Hotel De Zwaan", company="Hotel De Zwaan B.V.", vat_mode="exclusive")
    page = opened(order, s.office)
    start(page, order)

    def choose(name):
        page.get_by_label("Debiteur *").fill(name)
        page.get_by_role("option", name=name).first.click()

    choose("Hotel De Zwaan")
    dialog = page.get_by_role("dialog", name="Prijzen van de order wijzigen?")
    dialog.get_by_text("Prijzen: Exclusief BTW. Het totaal blijft € 224,80.").wait_for()
    dialog.get_by_role("button", name="Nee").click()
    amendment = SalesOrder.objects.get(amends=order)
    assert fresh(amendment).customer == s.customer
    eventually(page, lambda: "Vermeer" in page.get_by_label("Debiteur *").input_value())
    choose("Hotel De Zwaan")
    dialog.get_by_role("button", name="Ja").click()
    eventually(page, lambda: fresh(amendment).customer == firm)
    page.get_by_role("radio", name="Exclusief BTW", checked=True).wait_for()
    dialog.wait_for(state="hidden")


def test_geschiedenis_tells_every_version_with_old_and_new(opened):
    s = shop()
    order = confirmed(s)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    line = line_of(amendment, s.wit40)
    values = {"quantity": Decimal(6)}
    lines.set_line(order_id=amendment.pk, line_id=line.pk, revision=None, values=values, employee=s.office)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    page = opened(fresh(order), s.office)
    side = page.get_by_role("complementary", name="Debiteur en verloop")
    side.get_by_text("Gewijzigd, versie 2").wait_for()
    assert "aantal van 4 naar 6" in side.inner_text()
    side.get_by_role("link", name="Geschiedenis").click()
    page.get_by_role("heading", name="Geschiedenis", exact=True).wait_for()
    history = page.get_by_role("region", name="Geschiedenis")
    row = history.get_by_role("row", name="Oxford-overhemd Kade Wit 40: Aantal")
    assert row.get_by_role("cell").all_inner_texts() == ["4", "6"]
    text = history.inner_text()
    assert text.index("Gewijzigd, versie 2") < text.index("Bevestigd, versie 1") < text.index("Concept gestart")
    assert Axe().run(page).response["violations"] == []
    link = history.get_by_role("link", name="Orderbevestiging versie 1")
    answer = page.context.request.get(link.get_attribute("href"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    text = pypdf.PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    assert order.number in text and "224,80" in text
