"""The manual's chapter "Verkooporders aanmaken", step by step, as somebody does it in a browser."""

import datetime
import io
import re
import threading
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from django.db import connections
from django.utils import timezone

from backoffice.catalog.models import StockLevel
from backoffice.core.tasks import work
from sales.models import SalesOrder
from tests import factories
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)
CATALOGUE = Path(__file__).parents[1] / "data" / "manual.csv"
# what lies on the counter; of the second, two
SCANNED = {
    "Sneaker Baan Zwart 41": "2950000001133",
    "Sneaker Baan Zwart 42": "2950000001140",
    "Schoencrème zwart": "2950000001195",
    "Broek inkorten": "2950000001201",
}


@pytest.fixture
def sanne(db):
    """Sanne of the backoffice in Utrecht, with what Beheer holds before anything is sold."""
    factories.vat_rates()
    utrecht = factories.branch("Utrecht Oudegracht")
    factories.order_type("Verkooporder")
    factories.order_type("Verkooporder zakelijk", vat_mode="exclusive", position=2)
    factories.delivery_method("Afhalen")
    factories.delivery_method("Bezorgen", kind="delivery", position=2)
    factories.employee("seller", utrecht, name="Joris van Dam")
    factories.customer("Vermeer", delivery_city="Amersfoort")
    return factories.employee("office", utrecht, name="Sanne Bakker", email="sanne@example.com")


def test_verkooporders_aanmaken(page, sanne):
    log_in(page)
    import_the_catalogue(page)

    # 1. Ga in de backoffice naar "Verkoop"  2. Klik dan op "Verkooporders"  3. Klik dan op de knop "Nieuw"
    page.get_by_role("link", name="Verkoop", exact=True).first.click()
    page.get_by_role("heading", name="Verkooporders", exact=True).wait_for()
    page.get_by_role("button", name="Nieuw", exact=True).click()
    # 4. Het verkooporderscherm wordt zichtbaar
    page.get_by_role("heading", name="Nieuwe verkooporder").wait_for()
    page.wait_for_selector("html[data-scanning=ready]")

    # 5. Vul eerst de onderstaande velden in
    today = timezone.localdate()
    ordered, expected = today - datetime.timedelta(days=1), today + datetime.timedelta(days=10)
    choose(page, "Soort", "Verkooporder", exact=True)
    choose(page, "Debiteur", "Vermeer")
    fill(page, "Datum", f"{ordered:%d-%m-%Y}")
    choose(page, "Medewerker", "Joris van Dam")
    choose(page, "Filiaal", "Utrecht Oudegracht")
    fill(page, "Betreft", "Winter in de zaak")
    fill(page, "Verwachte leverdatum", f"{expected:%d-%m-%Y}")
    choose(page, "Leverwijze", "Bezorgen")
    until(page, lambda: order().delivery_method.name == "Bezorgen")
    saved = order()
    assert (saved.order_type.name, saved.customer.name, saved.order_date) == ("Verkooporder", "Anna Vermeer", ordered)
    assert (saved.employee.name, saved.branch.name, saved.subject) == (
        "Joris van Dam", "Utrecht Oudegracht", "Winter in de zaak",
    )  # fmt: skip
    assert saved.expected_delivery_date == expected

    # 6. Artikelen toevoegen: handmatig een artikel
    page.get_by_role("button", name="Artikel toevoegen", exact=True).click()
    page.get_by_role("combobox", name="Artikel", exact=True).fill("klassiek")
    page.get_by_role("option", name="Riem Klassiek").click()
    total(page, "€ 34,95")

    # meerdere artikelen tegelijk: 2 x 24,95 + 29,95 + 44,95
    page.get_by_role("button", name="Meerdere artikelen toevoegen").click()
    picker = page.get_by_role("dialog", name="Meerdere artikelen toevoegen")
    for name, pieces in (("Sjaal Domtoren", "2"), ("Muts Gebreid", "1"), ("Handschoenen Leer", "1")):
        picker.get_by_role("textbox", name=f"Aantal {name}").fill(pieces)
    picker.get_by_role("button", name="Toevoegen").click()
    picker.wait_for(state="detached")
    total(page, "€ 159,75")

    # scannen: vijf keer, met de cursor nergens in; 79,95 + 2 x 79,95 + 8,95 + 12,50
    page.get_by_text("Klaar om te scannen").wait_for()
    page.evaluate("document.activeElement.blur()")
    for code in [*SCANNED.values(), SCANNED["Sneaker Baan Zwart 42"]]:
        scan(page, code)
    total(page, "€ 421,05")
    assert page.get_by_label("Aantal Sneaker Baan Zwart 42").input_value() == "2"

    # 7. Bij een kleur-/maatartikel wordt het kleur-/maatvenster zichtbaar: zes cellen, 10 x 49,95
    page.get_by_role("button", name="Artikel toevoegen", exact=True).click()
    page.get_by_role("combobox", name="Artikel", exact=True).fill("oxford")
    page.get_by_role("option", name="Oxford-overhemd Kade").click()
    window = page.get_by_role("dialog", name="Oxford-overhemd Kade")
    cells = {"Wit 39": 1, "Wit 40": 2, "Lichtblauw 40": 3, "Lichtblauw 41": 1, "Navy 41": 2, "Navy 42": 1}
    for place, pieces in cells.items():
        window.get_by_role("textbox", name=f"Aantal {place}", exact=True).fill(str(pieces))
    assert "10 stuks" in words(window.locator("footer"))
    assert "€ 499,50" in words(window.locator("footer"))
    window.get_by_role("button", name="In order zetten").click()
    window.wait_for(state="detached")
    total(page, "€ 920,55")
    shirts = order().lines.filter(article_number="48211").order_by("position")
    assert {f"{line.colour_label} {line.size_label}": int(line.quantity) for line in shirts} == cells

    # 8. Eventueel kunnen aantal, verkoopprijs, korting of tekst worden gewijzigd
    cell(page, "Verkoopprijs Handschoenen Leer", "42,50")
    total(page, "€ 918,10")
    cell(page, "Korting Oxford-overhemd Kade Wit 40", "10 %")
    total(page, "€ 908,11")
    cell(page, "Korting Sneaker Baan Zwart 42", "€ 5,00")
    total(page, "€ 903,11")
    cell(page, "Aantal Sjaal Domtoren", "3")
    total(page, "€ 928,06")
    cell(page, "Tekst Broek inkorten", "Binnenbeen 78 cm")
    until(page, lambda: order().lines.get(article_number="90140").text == "Binnenbeen 78 cm")
    inclusive = [
        ["21 %", "756,66", "158,90", "915,56"],
        ["9 %", "11,47", "1,03", "12,50"],
        ["Totaal", "768,13", "159,93", "928,06"],
    ]
    assert rates(page) == inclusive

    # 9. Onderaan: inclusief of exclusief BTW, en terug tot precies de eerste totalen
    page.get_by_text("Exclusief BTW", exact=True).click()
    ask = page.get_by_role("dialog", name="Overgaan op Exclusief BTW?")
    assert "Het totaal gaat van € 928,06 naar € 928,05." in words(ask)
    ask.get_by_role("button", name="Ja").click()
    total(page, "€ 928,05")
    assert rates(page) == [
        ["21 %", "756,65", "158,90", "915,55"], ["9 %", "11,47", "1,03", "12,50"],
        ["Totaal", "768,12", "159,93", "928,05"],
    ]  # fmt: skip
    assert page.get_by_label("Verkoopprijs Riem Klassiek").input_value() == "28,8843"
    page.get_by_text("Inclusief BTW", exact=True).click()
    page.get_by_role("dialog", name="Overgaan op Inclusief BTW?").get_by_role("button", name="Ja").click()
    total(page, "€ 928,06")
    assert rates(page) == inclusive
    assert page.get_by_label("Verkoopprijs Riem Klassiek").input_value() == "34,95"

    # 10. Wanneer de order gereed is: "verkooporder bevestigen"
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    number = f"VO-{ordered.year}-00001"
    page.get_by_role("heading", name=number).wait_for()
    page.get_by_text("Openstaand", exact=True).first.wait_for()
    total(page, "€ 928,06")
    done = order()
    assert (done.number, done.status, done.gross.amount, done.version) == (number, "open", Decimal("928.06"), 1)
    assert done.vat.amount == Decimal("159.93")
    reserved = StockLevel.objects.get(branch=done.branch, variant__barcodes__code=SCANNED["Sneaker Baan Zwart 42"])
    assert (reserved.on_hand, reserved.reserved) == (3, 2)

    # the order confirmation says the same
    paper = read_pdf(page)
    for text in (number, "Anna Vermeer", "Winter in de zaak", "Binnenbeen 78 cm", "€ 928,06", "158,90", "1,03"):
        assert text in paper, text

    # and the list knows it
    page.get_by_role("link", name="Verkooporders", exact=True).click()
    row = page.get_by_role("row").filter(has_text=number)
    assert words(row.get_by_role("cell").nth(2)) == "Openstaand"
    assert words(row.get_by_role("cell").nth(10)) == "928,06"


def test_bevestigen_zonder_debiteur_merkt_het_veld_en_bewaart_alles(page, login, sanne):
    factories.article("30110", "Riem Klassiek", "34.95")
    login(page, sanne)
    page.goto("/verkoop/verkooporders/")
    page.get_by_role("button", name="Nieuw", exact=True).click()
    page.wait_for_selector("html[data-scanning=ready]")
    page.get_by_label("Barcode of 5x").fill("30110")
    page.keyboard.press("Enter")
    fill(page, "Betreft", "Voor zaterdag")
    cell(page, "Tekst Riem Klassiek", "Gaatje extra")
    until(page, lambda: order().subject == "Voor zaterdag" and order().lines.filter(text="Gaatje extra").exists())
    before = order()
    with page.expect_response("**/bevestigen/") as refused:
        page.get_by_role("button", name="Verkooporder bevestigen").click()
    assert refused.value.status == 422
    page.get_by_role("link", name="Debiteur: Kies een debiteur.").click()
    field = page.get_by_label("Debiteur", exact=False).first
    assert field.get_attribute("aria-invalid") == "true"
    assert field.evaluate("field => field === document.activeElement")
    assert page.get_by_label("Betreft").input_value() == "Voor zaterdag"
    assert page.get_by_label("Tekst Riem Klassiek").input_value() == "Gaatje extra"
    after = order()
    assert (after.number, after.status, after.revision) == ("", "draft", before.revision)
    choose(page, "Debiteur", "Vermeer")
    page.wait_for_selector("#customer:not([aria-invalid])")
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    page.get_by_role("heading", name=re.compile("^VO-")).wait_for()
    assert order().status == "open"


def test_een_verlaten_concept_staat_in_de_lijst(page, login, sanne):
    factories.article("30110", "Riem Klassiek", "34.95")
    login(page, sanne)
    page.goto("/verkoop/verkooporders/")
    page.get_by_role("button", name="Nieuw", exact=True).click()
    page.wait_for_selector("html[data-scanning=ready]")
    choose(page, "Debiteur", "Vermeer")
    page.keyboard.press("Escape")
    page.get_by_label("Barcode of 5x").fill("30110")
    page.keyboard.press("Enter")
    total(page, "€ 34,95")
    cell(page, "Aantal Riem Klassiek", "4")
    total(page, "€ 139,80")
    page.get_by_role("link", name="Artikelen").click()
    page.get_by_role("heading", name="Artikelen").wait_for()
    page.get_by_role("link", name="Verkoop", exact=True).first.click()
    row = page.get_by_role("row").filter(has_text="Anna Vermeer")
    assert words(row.get_by_role("cell").nth(2)) == "Concept"
    assert words(row.get_by_role("cell").nth(10)) == "139,80"
    row.get_by_role("link").first.click()
    page.get_by_role("heading", name="Nieuwe verkooporder").wait_for()
    assert page.get_by_label("Aantal Riem Klassiek").input_value() == "4"
    total(page, "€ 139,80")


# ---- what a person does ------------------------------------------------------------------------------------------
def log_in(page) -> None:
    page.goto("/")
    page.get_by_label("E-mailadres").fill("sanne@example.com")
    page.get_by_label("Wachtwoord").fill(factories.PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("navigation", name="Hoofdmenu").wait_for()


def import_the_catalogue(page) -> None:
    """Artikelen > Importeren, with the worker of this test instead of the one beside the web server."""
    page.get_by_role("link", name="Artikelen").click()
    page.get_by_role("link", name="Importeren").click()
    page.get_by_label("Bestand").set_input_files(CATALOGUE)
    page.get_by_role("button", name="Naar het voorbeeld").click()
    page.get_by_role("heading", name="Het bestand wordt gelezen").wait_for()
    the_worker_does_what_waits()
    page.get_by_text("8 artikelen, 20 varianten, 0 fouten").wait_for()
    page.get_by_role("button", name="Importeren").click()
    page.get_by_text("Bezig met inlezen").wait_for()
    the_worker_does_what_waits()
    page.get_by_text("8 artikelen, 20 varianten, 0 fouten").wait_for()


def the_worker_does_what_waits() -> None:
    worker = threading.Thread(target=do_what_waits)
    worker.start()
    worker.join(20)
    assert not worker.is_alive()


def do_what_waits() -> None:
    work(wait=False, install_signal_handlers=False, listen_notify=False)
    connections.close_all()  # those of this thread


def choose(page, label: str, text: str, exact: bool = False) -> None:
    """Search as you type, and take the first that fits."""
    page.get_by_role("combobox", name=label).fill(text)
    page.get_by_role("option", name=text, exact=exact).first.click()


def fill(page, label: str, text: str) -> None:
    field = page.get_by_label(re.compile(rf"^{label}( \*)?$"))
    field.fill(text)
    field.press("Tab")


def cell(page, label: str, text: str) -> None:
    field = page.get_by_label(label)
    field.fill(text)
    field.press("Tab")


# ---- what a person reads -----------------------------------------------------------------------------------------
def words(place) -> str:
    """The visible text, with plain spaces."""
    return " ".join(place.inner_text().split())


def total(page, euros: str) -> None:
    """Wait until this is the total at the bottom of the order, to the cent."""
    shown = page.locator("#order-settle")
    until(page, lambda: f"Totaal {euros} " in words(shown) and words(shown).endswith(f"Nog te betalen {euros}"))


def rates(page) -> list[list[str]]:
    """The VAT table at the bottom, row by row."""
    rows = page.locator("#order-totals").locator("tbody tr, tfoot tr").all()
    return [[words(place) for place in row.locator("th, td").all()] for row in rows]


def read_pdf(page) -> str:
    answer = page.request.get(f"{page.url}orderbevestiging.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.body())).pages
    return " ".join(" ".join(paper.extract_text() for paper in pages).split())


def order() -> SalesOrder:
    return SalesOrder.objects.select_related("customer", "order_type", "delivery_method", "employee", "branch").get()


def until(page, condition, seconds: float = 15) -> None:
    """Wait until the condition holds, while the page goes on."""
    for _ in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    assert condition(), "it did not happen in time"
