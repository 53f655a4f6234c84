"""Pakbon aanmaken, as somebody does it in a browser: filled in, scanned, wrong, printed and cancelled."""

import io
import re

import pypdf
import pytest

from backoffice.core.models import JournalEntry
from sales.documents.models import PackingSlip
from sales.models import SalesOrder
from sales.services import confirming
from tests import factories
from tests.sales.delivery_shop import level, receive
from tests.sales.order_shop import eventually, shop
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sold(login, page):
    """An order of four shirts, two belts and a shortening; three shirts and both belts are there."""
    s = shop()
    receive(s.branch, s.office, (s.wit40, 3), (s.riem, 2))
    s.order = factories.draft(
        employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.riem, 2), (s.inkorten, 1)]
    )
    confirming.confirm(order_id=s.order.pk, employee=s.office)
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{s.order.pk}/")
    return s


def field(page, name):
    return page.get_by_role("textbox", name=f"Op deze pakbon: {name}", exact=True)


def values(page) -> list[str]:
    return [field(page, name).input_value() for name in ("Oxford-overhemd Kade Wit 40", "Riem Tuig", "Broek inkorten")]


def open_screen(page):
    page.get_by_role("link", name="Pakbon aanmaken").click()
    page.get_by_role("heading", name="Pakbon aanmaken", exact=True).wait_for()
    page.wait_for_selector("html[data-scanning=ready]")


def test_what_is_open_and_there_is_filled_in_and_leaves(page, sold):
    open_screen(page)
    assert values(page) == ["3", "2", "1"]
    field(page, "Riem Tuig").fill("1")
    page.get_by_role("checkbox", name="Ander afleveradres").check()
    page.get_by_role("textbox", name="Naam").fill("J. de Buurman")
    page.get_by_role("textbox", name="Straat en huisnummer").fill("Kade 3")
    page.get_by_role("textbox", name="Postcode en plaats").fill("3512 AA Utrecht")
    page.get_by_role("textbox", name="Opmerking op de pakbon").fill("Achterom")
    page.keyboard.press("Control+Enter")

    page.get_by_role("heading", name=re.compile(r"^Pakbon PB-\d{4}-00001$")).wait_for()
    slip = PackingSlip.objects.get()
    assert (slip.address["name"], slip.address["street"], slip.note) == ("J. de Buurman", "Kade 3", "Achterom")
    assert (level(sold.branch, sold.wit40), level(sold.branch, sold.riem)) == ((0, 1), (1, 1))
    assert page.get_by_text("Er blijft iets na te leveren.").is_visible()
    assert SalesOrder.objects.get(pk=sold.order.pk).status == "part_delivered"

    # the rest on a second slip, by way of the order
    page.get_by_role("link", name="Terug naar de order").click()
    page.get_by_role("link", name=slip.number).wait_for()
    open_screen(page)
    assert field(page, "Riem Tuig").input_value() == "1"
    assert field(page, "Oxford-overhemd Kade Wit 40").input_value() == "0"
    field(page, "Oxford-overhemd Kade Wit 40").fill("1")
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_text("Met deze pakbon is alles van de order geleverd.").wait_for()
    order = SalesOrder.objects.get(pk=sold.order.pk)
    assert (order.status, order.delivery_state) == ("delivered", "all")
    assert level(sold.branch, sold.wit40) == (-1, 0)  # this branch sells what it has yet to get


def test_what_is_scanned_is_counted_and_what_is_wrong_is_heard(page, sold):
    open_screen(page)
    shirt, belt = factories.code_of(sold.wit40), factories.code_of(sold.riem)
    for code in (shirt, belt, shirt):
        scan(page, code)
    eventually(page, lambda: values(page) == ["2", "1", "1"])
    # one too many, an article of another order, an unknown code: refused, with the field in focus kept as it was
    note = page.get_by_role("textbox", name="Opmerking op de pakbon")
    note.fill("Let op")
    scan(page, belt)
    eventually(page, lambda: values(page)[1] == "2")
    for code, said in (
        (belt, "Van Riem Tuig is nog 2 te leveren."),
        (factories.code_of(sold.navy32), "Chino Slim Stads Navy 32 hoort niet bij deze order."),
        ("NIETSVANDIT", "Onbekende code NIETSVANDIT"),
    ):
        scan(page, code)
        page.locator("#scan-alert").get_by_text(said).wait_for(state="attached")
        assert values(page) == ["2", "2", "1"]
    assert note.input_value() == "Let op"
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_role("heading", name=re.compile("^Pakbon PB-")).wait_for()
    assert [row.quantity for row in PackingSlip.objects.get().delivery.lines.order_by("id")] == [2, 2, 1]


def test_wrong_input_comes_back_marked_and_kept(page, sold):
    open_screen(page)
    field(page, "Oxford-overhemd Kade Wit 40").fill("9")
    field(page, "Riem Tuig").fill("anderhalf")
    page.get_by_role("textbox", name="Opmerking op de pakbon").fill("Achterom")
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_role("alert").filter(has_text="Niet gemaakt").wait_for()
    assert values(page) == ["9", "anderhalf", "1"]
    assert page.get_by_role("textbox", name="Opmerking op de pakbon").input_value() == "Achterom"
    assert field(page, "Riem Tuig").get_attribute("aria-invalid") == "true"
    field(page, "Riem Tuig").fill("2")
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_text("Van Oxford-overhemd Kade Wit 40 is nog 4 te leveren; ingevuld is 9.").first.wait_for()
    assert not PackingSlip.objects.exists()
    assert level(sold.branch, sold.wit40) == (3, 4)


def test_a_slip_is_printed_again_as_a_copy_and_cancelled(page, sold):
    open_screen(page)
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_role("button", name="Afdrukken").wait_for()
    slip = PackingSlip.objects.get()
    texts = []
    for _ in range(2):
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Afdrukken").click()
        opened.value.close()
        number = len(texts) + 1
        eventually(page, lambda n=number: PackingSlip.objects.get().copies == n)
        answer = page.request.get(f"/verkoop/pakbonnen/{slip.pk}/pakbon.pdf")
        texts.append(pypdf.PdfReader(io.BytesIO(answer.body())).pages[0].extract_text())
        page.reload()
    assert ["KOPIE" in text for text in texts] == [False, True]
    assert JournalEntry.objects.filter(action="documents.slip.printed").count() == 2

    # beside the order, with Nee first
    page.get_by_role("link", name="Terug naar de order").click()
    cancel = page.get_by_role("button", name=f"Annuleren {slip.number}")
    cancel.click()
    page.get_by_role("heading", name=f"Pakbon {slip.number} annuleren?").wait_for()
    page.keyboard.press("Enter")
    assert PackingSlip.objects.get().state == "open"
    cancel.click()
    page.get_by_role("button", name="Ja").click()
    page.get_by_text(f"Pakbon {slip.number} is geannuleerd.").wait_for()
    assert (PackingSlip.objects.get().state, level(sold.branch, sold.wit40)) == ("cancelled", (3, 4))
    assert SalesOrder.objects.get(pk=sold.order.pk).status == "open"
