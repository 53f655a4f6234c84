"""The payments of an order beside its lines, and the deposit receipt: figures, KOPIE, mail."""

import io
import re
import uuid
from decimal import Decimal

import pypdf
import pytest
from django.urls import reverse

from backoffice.core.models import JournalEntry
from payments.papers import receipts
from payments.services import reversing
from payments.services.depositing import deposit
from sales.documents.models import OutgoingMail
from sales.documents.services import exporting, mailing, printing
from sales.services import amending, lines
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_refund import back

pytestmark = pytest.mark.django_db
D = Decimal
NBSP = "\u00a0"


@pytest.fixture
def s(client):
    made = shop()
    client.force_login(made.office)
    return made


def pay(s, order, *tenders):
    pairs = [(getattr(s.method, word).pk, D(amount)) for word, amount in tenders]
    deposit(order_id=order.pk, tenders=pairs, employee=s.office)
    return receipts.payments_of(order)[-1]


def url(name, order, payment) -> str:
    return reverse(f"payments:{name}", args=[order.pk, payment.group])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace(NBSP, " ").replace("&nbsp;", " ").split())


def paper(client, order, payment) -> str:
    answer = client.get(url("receipt_pdf", order, payment))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace(NBSP, " ").split())


def test_the_panel_lists_the_payments_newest_first(client, s):
    order = money.order(s, "100.00", ("50.00", "low"))
    assert client.get(reverse("payments:of_order", args=[order.pk])).content.strip() == b""
    pay(s, order, ("bank", "60.00"))
    pay(s, order, ("bank", "20.00"), ("ideal", "10.00"))
    text = words(client.get(reverse("payments:of_order", args=[order.pk])).content.decode())
    first, second = text.index("Aanbetaling € 30,00"), text.index("Aanbetaling € 60,00")
    assert first < second
    assert "Bank € 20,00, iDEAL € 10,00" in text
    assert "Bank " in text[second:]
    assert "Sanne Bakker" in text


def test_a_payment_says_what_it_was_for_and_what_it_came_to(s):
    order = money.order(s, "100.00")
    paid = pay(s, order, ("bank", "20.00"), ("ideal", "10.00"))
    assert (paid.word, paid.amount, paid.reason, paid.has_receipt) == ("Aanbetaling", 30, "", True)
    assert paid.rows == [("Bank", D("20.00")), ("iDEAL", D("10.00"))]
    back(s, order, ("bank", "5.00"), reason="te klein")
    gone = receipts.payments_of(order)[-1]
    assert (gone.word, gone.amount, gone.reason, gone.has_receipt) == ("Terugbetaling", -5, "te klein", False)
    assert gone.rows == [("Bank", D("-5.00"))]


def test_the_order_screen_loads_the_panel_and_the_history_says_it_in_words(client, s):
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "20.00"), ("ideal", "10.00"))
    side = client.get(reverse("sales:side", args=[order.pk])).content.decode()
    assert reverse("payments:of_order", args=[order.pk]) in side
    assert "Aanbetaald € 30,00, bank, online" in words(side)


def test_the_history_has_a_word_for_everything_that_happens_to_an_order(client, s):
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "60.00"))
    back(s, order, ("tegoed", "20.00"))
    reversing.reverse(entry_id=order.entries.get(kind="credit").pk, reason="toch niet", employee=s.manager)
    printing.print_order(order_id=order.pk, employee=s.office)
    exporting.export_order(order_id=order.pk, form="ubl", employee=s.office)
    mailing.queue_mail(
        order_id=order.pk, kind="confirmation", recipient="a@voorbeeld.nl", subject="Order", body="Bijlage",
        employee=s.office,
    )  # fmt: skip
    side = client.get(reverse("sales:side", args=[order.pk])).content.decode()
    for said in (
        "Aanbetaald € 60,00, bank", "Terugbetaald € 20,00, tegoed", "Teruggedraaid € 20,00, tegoed", "Afgedrukt",
        "Geëxporteerd als UBL", "Mail klaargezet",
    ):  # fmt: skip
        assert said in words(side), said
    assert not [e.action for e in JournalEntry.objects.filter(object_id=str(order.pk)) if e.action in words(side)]


def test_the_receipt_adds_up_and_carries_its_vat_split(client, s):
    order = money.order(s, "100.00", ("50.00", "low"))
    pay(s, order, ("bank", "30.00"))
    payment = pay(s, order, ("bank", "45.00"), ("ideal", "15.00"))
    # after 30.00 (20.00 and 10.00) 80.00 and 40.00 are open: 60.00 is 40.00 and 20.00;
    # VAT up to 60.00 of 100.00 (17.36) is 10.42, less 3.47 of the first; up to 30.00 of 50.00 (4.13) 2.48, less 0.83
    assert receipts.parts_of(payment) == [
        receipts.Part("high", D("21.00"), D("33.05"), D("6.95"), D("40.00")),
        receipts.Part("low", D("9.00"), D("18.35"), D("1.65"), D("20.00")),
    ]
    text = paper(client, order, payment)
    for part in (
        f"Aanbetalingsbon {order.number}", "Dit is een bewijs van betaling, geen factuur.", "Anna Vermeer",
        "Bank 45,00", "iDEAL 15,00", "BTW 21 % 33,05 6,95 40,00", "BTW 9 % 18,35 1,65 20,00", "Totaal 51,40 8,60 60,00",
        "Totaal van de order 150,00", "Eerder betaald −30,00", "Deze betaling −60,00", "Nog te betalen € 60,00",
    ):  # fmt: skip
        assert part in text, (part, text)


def test_the_receipt_stays_what_it_was_after_an_amendment_and_later_payments(client, s):
    order = money.order(s, "100.00")
    payment = pay(s, order, ("bank", "40.00"))
    staged = amending.amend(order_id=order.pk, employee=s.office)
    lines.add(order_id=staged.pk, items=[(s.riem.pk, D(1))], employee=s.office)
    amending.confirm_amendment(order_id=staged.pk, employee=s.office)
    order.refresh_from_db()
    assert order.gross.amount == D("129.95")
    later = pay(s, order, ("bank", "89.95"))
    assert "Nog te betalen € 60,00" in paper(client, order, payment)
    assert "Totaal van de order 100,00" in paper(client, order, payment)
    assert "Totaal van de order 129,95 Eerder betaald −40,00" in paper(client, order, later)
    assert "Nog te betalen € 0,00" in paper(client, order, later)


def test_a_reprint_says_kopie_and_every_print_is_journalled(client, s):
    order = money.order(s, "100.00")
    payment = pay(s, order, ("bank", "40.00"))
    for times in (1, 2):
        answer = client.post(url("receipt_print", order, payment), {"key": str(uuid.uuid4())})
        assert (answer.status_code, answer.url) == (303, url("receipt_pdf", order, payment))
        assert ("KOPIE" in paper(client, order, payment)) == (times > 1)
    printed = JournalEntry.objects.filter(action="payments.receipt.printed", object_id=str(order.pk))
    assert [entry.data["group"] for entry in printed] == [str(payment.group)] * 2


def test_the_receipt_is_mailed_as_its_own_document(client, s):
    order = money.order(s, "100.00")
    payment = pay(s, order, ("bank", "40.00"))
    dialog = words(client.get(url("receipt_mail", order, payment)).content.decode())
    assert f"Bon van {order.number} mailen" in dialog
    data = {"key": str(uuid.uuid4()), "recipient": "anna@example.com", "subject": "Uw betaling", "body": "Dank u wel."}
    assert client.post(url("receipt_mail", order, payment), data | {"recipient": "geen adres"}).status_code == 422
    answer = client.post(url("receipt_mail", order, payment), data)
    assert answer.status_code == 204
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.subject_id, mail.recipient) == ("deposit", str(payment.group), "anna@example.com")
    name, content = mailing.PAPERS["deposit"](mail)
    assert name == f"{order.number}-{payment.first.pk}.pdf"
    assert content.startswith(b"%PDF")


def test_a_payment_of_another_order_or_branch_has_no_receipt_here(client, s):
    order, other = money.order(s, "100.00"), money.order(s, "100.00")
    payment = pay(s, order, ("bank", "40.00"))
    for name in ("receipt_pdf", "receipt_mail"):
        assert client.get(url(name, other, payment)).status_code == 404
    assert client.post(url("receipt_print", other, payment), {"key": str(uuid.uuid4())}).status_code == 404
    client.force_login(factories.employee("seller", factories.branch("Zeist")))
    assert client.get(url("receipt_pdf", order, payment)).status_code == 404
    assert client.get(reverse("payments:of_order", args=[order.pk])).status_code == 404
