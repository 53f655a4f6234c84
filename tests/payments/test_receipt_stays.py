"""The receipt of a payment in the backoffice stays what it was: print, copy and mail, whatever was renamed since."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from backoffice.core.models import JournalEntry
from backoffice.relations.models import Branch, Customer, Employee
from backoffice.relations.services import anonymising
from payments.models import LedgerEntry, PaymentMethod
from payments.papers import receipts
from payments.services.refunding import refund
from sales.documents.models import OutgoingMail
from sales.documents.services import mailing, packing
from sales.models import SalesOrder
from sales.services import amending, cancelling, drafts, lines
from tests import factories
from tests.documents.papers import LETTERHEAD, flat
from tests.payments import shop as money
from tests.payments.test_receipts import pay, s, url

pytestmark = pytest.mark.django_db
s = s
D = Decimal


def paper(order, payment) -> str:
    """What a print would say now."""
    order = SalesOrder.objects.select_related("branch").get(pk=order.pk)
    return flat(receipts.receipt_pdf(order, receipts.payment_of(order, payment.group))[1])


@pytest.fixture
def order(s):
    Branch.objects.filter(pk=s.branch.pk).update(**LETTERHEAD)
    s.branch.refresh_from_db()
    return money.order(s, "100.00", "60.00")


CHANGES = {
    "the branch": lambda s, o: Branch.objects.update(
        name="Elders", company="Nieuw B.V.", street="Neude", phone="0301234567", iban="", kvk="87654321"
    ),
    "the employee": lambda s, o: Employee.objects.update(name="Niemand"),
    "the methods": lambda s, o: PaymentMethod.objects.filter(kind="bank").update(name="Overschrijving"),
    "the customer": lambda s, o: Customer.objects.update(name="Anna de Boer", last_name="de Boer"),
    "the address": lambda s, o: s.customer.addresses.update(street="Neude"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_renamed_or_moved_since_changes_no_receipt(s, order, what):
    payment = pay(s, order, ("bank", "30.00"), ("ideal", "10.00"))
    first = paper(order, payment)
    for words in (
        "Linde & Loof Retail B.V.",
        "Oudegracht 218",
        "IBAN NL91 ABNA",
        "Bank 30,00",
        "Sanne Bakker",
        "Anna Vermeer",
    ):
        assert words in first, words
    CHANGES[what](s, order)
    assert paper(order, payment) == first


def test_an_amendment_another_customer_a_cancelling_and_a_refund_change_no_receipt(s, order):
    payment = pay(s, order, ("bank", "40.00"))
    first = paper(order, payment)
    staged = amending.amend(order_id=order.pk, employee=s.office)
    other = factories.customer("Bakker")
    drafts.set_header(order_id=staged.pk, revision=None, values={"customer": other.pk}, employee=s.office)
    lines.add(order_id=staged.pk, items=[(s.riem.pk, D(1))], employee=s.office)
    amending.confirm_amendment(order_id=staged.pk, employee=s.office)
    assert paper(order, payment) == first
    second = pay(s, order, ("bank", "50.00"))
    assert "Anna Bakker" in paper(order, second) and "Nog te betalen € 99,95" in paper(order, second)
    cancelling.cancel(order_id=order.pk, employee=s.office, quantities={order.lines.last().pk: D(1)})
    refund(order_id=order.pk, amounts=[(s.method.bank.pk, D("20.00"))], reason="te veel", employee=s.admin)
    assert paper(order, payment) == first and "Nog te betalen € 120,00" in first


def test_anonymising_takes_name_and_address_off_the_receipt_and_nothing_else(s, order):
    first_line, second_line = order.lines.order_by("position")
    payment = pay(s, order, ("bank", "160.00"))
    packing.create_slip(order_id=order.pk, quantities={first_line.pk: D(1), second_line.pk: D(1)}, employee=s.office)
    first = paper(order, payment)
    assert "Anna Vermeer" in first and "3511 AB" in first
    anonymising.anonymise(customer_id=s.customer.pk, employee=s.office)
    after = paper(order, payment)
    assert "Vermeer" not in after and "3511 AB" not in after and "Geanonimiseerd" in after
    for words in ("Linde & Loof Retail B.V.", "Oudegracht 218", "Bank 160,00", "Deze betaling −160,00"):
        assert words in after, words


def test_a_mail_says_copy_where_the_receipt_was_given_out_before(client, s, order):
    payment = pay(s, order, ("bank", "40.00"))

    def mail() -> OutgoingMail:
        return mailing.queue_mail(
            order_id=order.pk, kind="deposit", subject_id=str(payment.group), recipient="a@voorbeeld.nl", subject="Bon",
            body="Bijlage", employee=s.office, request=str(uuid.uuid4()),
        )  # fmt: skip

    first, second = mail(), mail()
    said = [flat(receipts.mailed(each)[1]) for each in (first, second)]
    assert ["KOPIE" in text for text in said] == [False, True] and said[0] == said[1].replace("KOPIE ", "")
    client.post(url("receipt_print", order, payment), {"key": str(uuid.uuid4())})
    assert "KOPIE" in flat(receipts.mailed(first)[1])


def test_the_names_are_kept_on_the_first_entry_alone_and_cannot_be_changed(s, order):
    payment = pay(s, order, ("bank", "30.00"), ("ideal", "10.00"))
    kept = [entry.paper for entry in LedgerEntry.objects.filter(group=payment.group).order_by("pk")]
    assert kept[0]["employee"] == "Sanne Bakker" and kept[1] == {}
    assert kept[0]["methods"] == {str(s.method.bank.pk): "Bank", str(s.method.ideal.pk): "iDEAL"}
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("UPDATE payments_ledgerentry SET paper = '{}'")
    refund(order_id=order.pk, amounts=[(s.method.bank.pk, D("20.00"))], reason="te veel", employee=s.admin)
    assert LedgerEntry.objects.latest("pk").paper == {}  # what goes back has no receipt here


def test_what_a_till_sold_and_handed_over_has_no_receipt_of_the_backoffice(client, s, order):
    payment = pay(s, order, ("bank", "160.00"))
    SalesOrder.objects.filter(pk=order.pk).update(number="")
    before = JournalEntry.objects.count()
    assert (
        reverse("payments:receipt_print", args=[order.pk, payment.group])
        not in client.get(reverse("payments:of_order", args=[order.pk])).text
    )
    for name in ("receipt_pdf", "receipt_mail"):
        assert client.get(url(name, order, payment)).status_code == 404
    answer = client.post(url("receipt_print", order, payment), {"key": str(uuid.uuid4())})
    assert answer.status_code in (404, 422) and JournalEntry.objects.count() == before
