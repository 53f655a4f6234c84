"""The manual's chapter "Order aanmaken in de kassa", step by step, by touch at 1024 x 768."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from backoffice.catalog.models import StockLevel
from payments.models import LedgerEntry
from pos.models import Receipt
from sales.models import OrderType, SalesOrder
from tests import factories
from tests.manual.kassa import TOUCH, ready, register, shop, start, total
from tests.sales import test_extra
from tests.sales.order_shop import pieces
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s(db):
    return shop()


@pytest.fixture
def till(new_page, live_server, login, s):
    # 1. Ga in de backoffice naar "POS"  2. De kassa wordt opgestart
    page = new_page(**TOUCH)
    register(page, live_server, login, s.manager, s.till)
    start(page, "Marieke de Wit")
    return page


def fill_basket(page, s):
    # 3. Scan een aantal artikelen of kies een artikel bij de snelknop-indeling
    scan(page, factories.code_of(s.wit40))
    scan(page, factories.code_of(s.wit40))
    page.get_by_role("button", name="Riem Tuig").tap()
    total(page, "€ 129,85")
    page.get_by_role("button", name="Oxford-overhemd Kade 49,95").tap()
    window = page.get_by_role("dialog", name="Oxford-overhemd Kade")
    window.get_by_label("Aantal Navy 40").tap()
    window.get_by_role("button", name="Op de bon").tap()
    total(page, "€ 179,80")
    # 4. Kies vervolgens voor de knop "Maak order"
    page.get_by_role("link", name="Maak order").tap()
    # 5. Het scherm wordt zichtbaar
    page.get_by_role("heading", name="Maak order").wait_for()
    ready(page)


def test_a_new_customer_is_delivered_and_pays_later(till, s):
    page = till
    OrderType.objects.filter(name="Verkooporder").update(extra_fields=test_extra.FIELDS)
    fill_basket(page, s)
    # Kies voor "Afhalen" of "Bezorgen"
    page.get_by_text("Bezorgen", exact=True).tap()
    page.get_by_label("Verwachte bezorgdatum").wait_for()
    # een nieuwe klant: alle debiteurvelden worden ingevuld
    for label, value in {
        "Voornaam": "Annelies", "Tussenvoegsel": "van der", "Achternaam": "Meulen", "Postcode": "3512 XK",
        "Huisnummer": "14", "Plaats": "Utrecht", "Straat": "Springweg", "Telefoon": "06 12345678",
        "E-mail": "annelies@example.com",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).first.fill(value)
    page.get_by_text("Ander bezorgadres").tap()
    elsewhere = page.locator("details").filter(has_text="Ander bezorgadres")
    for label, value in {"Postcode": "3811 CV", "Huisnummer": "3", "Plaats": "Amersfoort", "Straat": "Hof"}.items():
        elsewhere.get_by_label(label, exact=True).fill(value)
    # Kies de gewenste afhaaldatum of de verwachte bezorgdatum
    page.get_by_role("button", name="Morgen").tap()
    page.get_by_label("Tijdvak").select_option("13:00 – 17:00")
    # Bij tabblad "Extra gegevens"
    page.get_by_role("tab", name="Extra gegevens").tap()
    page.get_by_label("Betreft").fill("Bedrijfsfeest")
    page.get_by_label("Referentie klant").fill("INK-7")
    # what this shop asks of every Verkooporder
    page.get_by_label("Bouwnummer").fill("12a")
    page.get_by_label("Kleur lint").select_option("Rood")
    # 6. Knop "Plaats order & Later afrekenen"
    page.get_by_role("button", name="Plaats order & Later afrekenen").tap()
    page.get_by_role("heading", name="Order geplaatst").wait_for()
    order = SalesOrder.objects.get(number__gt="")
    assert page.get_by_text(order.number).first.is_visible()
    assert pieces(order) == [("Wit 40", 2), ("Navy 40", 1), ("Riem Tuig", 1)]
    assert (order.customer_name, order.delivery_address["city"], order.delivery_method.name) == (
        "Annelies van der Meulen", "3811 CV Amersfoort", "Bezorgen",
    )  # fmt: skip
    assert order.expected_delivery_date == timezone.localdate() + timedelta(days=1)
    assert (order.time_window, order.subject, order.reference) == ("13:00 – 17:00", "Bedrijfsfeest", "INK-7")
    assert order.extra_data == {"Bouwnummer": "12a", "Kleur lint": "Rood"}
    assert (order.status, order.payment_state, order.gross.amount) == ("open", "none", Decimal("179.80"))
    assert not LedgerEntry.objects.filter(order=order).exists()
    assert StockLevel.objects.get(branch=s.branch, variant=s.wit40).reserved == 2
    assert Receipt.objects.get().kind == Receipt.Kind.ORDER
    page.get_by_role("link", name="Volgende klant").tap()
    page.get_by_text("Nog niets op de bon").wait_for()


def test_a_known_customer_picks_up_and_pays_a_deposit_at_once(till, s):
    page = till
    fill_basket(page, s)
    page.get_by_text("Afhalen", exact=True).tap()
    # een bestaande klant kan worden opgezocht via de knop "Kies klant"
    page.get_by_role("button", name="Kies klant").tap()
    page.get_by_label("Naam, nummer, postcode, e-mail of telefoon").fill("vermeer")
    page.get_by_role("button", name="Anna Vermeer").tap()
    page.locator("#order-customer").get_by_text("Anna Vermeer").wait_for()
    # of gescand met zijn kaart
    other = factories.customer("Blom")
    page.get_by_role("button", name="Kies klant").tap()
    page.get_by_label("Naam, nummer, postcode, e-mail of telefoon").focus()
    scan(page, f"D{other.number}")
    page.locator("#order-customer").get_by_text("Anna Blom").wait_for()
    page.get_by_role("button", name="Over een week").tap()
    # 6. Knop "Afrekenen en plaats order": een aanbetaling op de order
    page.get_by_role("button", name="Afrekenen en plaats order").tap()
    page.wait_for_selector("html[data-pay=ready]")
    assert SalesOrder.objects.filter(number__gt="").count() == 0
    page.get_by_text("Contant", exact=True).tap()
    for digit in ("5", "0"):
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Betaling bevestigen").tap()
    page.get_by_role("heading", name="Order geplaatst").wait_for()
    order = SalesOrder.objects.get(number__gt="")
    assert (order.payment_state, order.paid_total.amount, order.status) == ("part", Decimal("50"), "open")
    entry = LedgerEntry.objects.get(order=order)
    assert (entry.kind, entry.method_kind, entry.session.till) == ("deposit", "cash", s.till)


def test_annuleren_asks_whether_the_order_goes_or_only_back_to_the_basket(till, s):
    page = till
    fill_basket(page, s)
    page.get_by_role("button", name="Annuleren").tap()
    page.get_by_role("button", name="Nee, terug naar de bon").tap()
    total(page, "€ 179,80")
    page.get_by_role("link", name="Maak order").tap()
    page.get_by_role("button", name="Annuleren").tap()
    page.get_by_role("button", name="Ja, alles annuleren").tap()
    page.get_by_text("Nog niets op de bon").wait_for()
    assert SalesOrder.objects.get().lifecycle == "discarded"


def test_reload_and_a_lock_in_the_middle_of_a_basket_lose_nothing(till, s):
    page = till
    scan(page, factories.code_of(s.wit40))
    page.get_by_role("button", name="Riem Tuig").tap()
    total(page, "€ 79,90")
    page.reload()
    ready(page)
    total(page, "€ 79,90")
    page.get_by_role("button", name="Kassa vergrendelen").tap()
    page.get_by_text("Joris van Dam", exact=True).tap()
    for digit in "2580":
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Ontgrendelen").tap()
    ready(page)
    total(page, "€ 79,90")
    assert "Joris van Dam" in page.locator(".till-bar .who").inner_text()
