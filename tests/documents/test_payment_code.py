"""How to pay stands on the confirmation: IBAN, name and number, and the QR code of the European Payments Council."""

from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp

from payments.services.depositing import deposit
from sales.documents import codes, confirmation
from sales.documents import papers as order_papers
from sales.models import SalesOrder
from tests import factories
from tests.documents import papers
from tests.payments.shop import methods

pytestmark = pytest.mark.django_db


def printed(order) -> tuple[str, list[str]]:
    """(the words of the confirmation, what the QR codes on it hold)."""
    content = order_papers.paper(confirmation.orders().get(pk=order.pk))
    with pypdfium2.PdfDocument(content) as document:
        pictures = [page.render(scale=200 / 72).to_pil() for page in document]
    found = [code for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    return papers.flat(content), [code.text for code in found if code.format == zxingcpp.BarcodeFormat.QRCode]


def hemmed(pieces: int = 5, branch_fields=None, **values) -> SalesOrder:
    """A confirmed order of so many times 12,50."""
    branch, sanne = papers.shop()
    for name, value in (branch_fields or {}).items():
        setattr(branch, name, value)
    branch.save()
    return papers.confirmed(branch, sanne, items=[(papers.wardrobe()[5], pieces)], **values)


def payload(order, amount: str, name: str = "Linde & Loof Retail B.V.") -> str:
    return f"BCD\n002\n1\nSCT\n\n{name}\nNL91ABNA0417164300\n{amount}\n\n\n{order.number}"


def test_the_code_holds_what_is_open_line_for_line_as_epc069_12_asks():
    order = hemmed()
    words, held = printed(order)
    assert held == [payload(order, "EUR62.5")]
    assert (
        f"Betalen Maak € 62,50 over naar NL91 ABNA 0417 1643 00 op naam van Linde & Loof Retail B.V., onder vermelding"
        f" van {order.number}. Of scan de code met de app van uw bank."
    ) in words


def test_after_a_deposit_it_holds_the_rest_and_after_all_of_it_there_is_none():
    order = hemmed()
    bank = methods().bank
    deposit(order_id=order.pk, tenders=[(bank.pk, Decimal("22.49"))], employee=order.employee)
    words, held = printed(order)
    assert held == [payload(order, "EUR40.01")] and "Maak € 40,01 over naar" in words
    deposit(order_id=order.pk, tenders=[(bank.pk, Decimal("40.01"))], employee=order.employee)
    words, held = printed(order)
    assert held == [] and "Maak" not in words and "Nog te betalen € 0,00" in words


def test_without_an_iban_there_is_nothing_to_pay_to():
    words, held = printed(hemmed(branch_fields={"iban": ""}))
    assert held == [] and "Maak" not in words and "app van uw bank" not in words


def test_without_a_company_the_branch_is_paid_and_a_long_name_is_cut_at_seventy():
    order = hemmed(branch_fields={"company": "", "name": "Schoenen & Zoë"})
    assert printed(order)[1] == [payload(order, "EUR62.5", "Schoenen & Zoë")]
    long = "Modehuis De Gouden Schaar en Zonen Utrecht Amersfoort Zwolle Deventers"
    type(order.branch).objects.update(company=f"{long} Holding B.V.")
    assert len(long) == 70 and printed(order)[1] == [payload(order, "EUR62.5", long)]


def test_a_quotation_and_a_cancelled_order_ask_for_no_money():
    branch, sanne = papers.shop()
    quoted = factories.order_type("Offerte", quotation=True)
    hem = papers.wardrobe()[5]
    offer = papers.confirmed(branch, sanne, items=[(hem, 5)], header={"order_type": quoted.pk})
    assert "Maak" not in printed(offer)[0] and printed(offer)[1] == []
    order = papers.confirmed(branch, sanne, items=[(hem, 5)])
    SalesOrder.objects.filter(pk=order.pk).update(status="cancelled", cancel_state="all")
    assert printed(order)[1] == []


@pytest.mark.parametrize(("amount", "held"), [("0.01", True), ("0.00", False), ("-5.00", False),
                                              ("999999999.99", True), ("1000000000.00", False)])  # fmt: skip
def test_only_what_the_code_can_hold(amount, held):
    code = codes.payment_qr(name="Linde", iban="NL91ABNA0417164300", amount=Decimal(amount), text="VO-2026-00001")
    assert (code is not None) == held


def test_the_company_stands_above_and_the_address_of_delivery_always():
    branch, sanne = papers.shop()
    hem = papers.wardrobe()[5]
    home = {"delivery_method": papers.delivered_at_home().pk}
    words, _held = printed(papers.confirmed(branch, sanne, items=[(hem, 1)], header=home))
    assert words.startswith("Linde & Loof Retail B.V. Linde & Loof Oudegracht 218, 3511 NR Utrecht 030 555 0142")
    assert "Bezorgadres Oudegracht 12 3511 AB Amersfoort Betalen" in words
    fetched, _held = printed(papers.confirmed(branch, sanne, items=[(hem, 1)]))
    assert "Bezorgadres" not in fetched
