"""Anonimiseren: who it was goes, what the law needs stays, and the journal says who did it."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry, OutboxMessage
from backoffice.relations import selectors
from backoffice.relations.models import Customer, CustomerAddress
from backoffice.relations.services import anonymising, customers
from payments.models import CreditAccount
from sales.documents.models import OutgoingMail
from sales.documents.services import mailing, sending
from sales.models import OrderVersion, SalesOrder
from sales.services import confirming, keeping
from tests import factories
from tests.invariants import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return factories.employee("office", factories.branch("Utrecht"))


@pytest.fixture
def browser(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def vermeer():
    return factories.customer("Vermeer", email="anna@vermeer.nl", phone="+31612345678", delivery_city="Zeist", note="x")


def post(browser, customer, key=None):
    url = reverse("relations:customer_anonymise", args=[customer.pk])
    return browser.post(url, {"key": key or str(uuid.uuid4())})


def bought(vermeer, office) -> SalesOrder:
    """An order that is delivered and paid."""
    order = factories.draft(employee=office, customer=vermeer, items=[(factories.variant(factories.article()), 1)])
    order = confirming.confirm(order_id=order.pk, employee=office)
    SalesOrder.objects.filter(pk=order.pk).update(delivery_state="all", paid_total=order.gross.amount)
    return order


def test_the_button_asks_first_and_then_blanks_who_it_was(browser, office, vermeer):
    assert "Anonimiseren" in browser.get(reverse("relations:customer", args=[vermeer.pk])).content.decode()
    question = browser.get(reverse("relations:customer_anonymise", args=[vermeer.pk])).content.decode()
    assert "Anna Vermeer anonimiseren?" in question and Customer.objects.get().email
    key, number = str(uuid.uuid4()), vermeer.number
    for _ in range(2):
        assert post(browser, vermeer, key).status_code == 204
    vermeer.refresh_from_db()
    text = " ".join(str(value) for value in Customer.objects.values().get().values())
    assert not any(word in text for word in ("Anna", "Vermeer", "vermeer", "612345678", "Oudegracht"))
    assert (vermeer.number, vermeer.name, vermeer.blocked) == (number, "Geanonimiseerd", True)
    assert not CustomerAddress.objects.exists()
    assert list(selectors.found_customers("")[0]) == [] and selectors.customer_options(str(number)) == []
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.employee, entry.object_id, entry.data) == (
        "customer.anonymised", office, str(vermeer.pk), {},
    )  # fmt: skip
    page = browser.get(reverse("relations:customer", args=[vermeer.pk])).content.decode()
    assert "Geanonimiseerd op" in page and "Wijzigen" not in page


def test_a_finished_order_keeps_what_its_document_said(browser, office, vermeer):
    order = bought(vermeer, office)
    assert post(browser, vermeer).status_code == 204
    order.refresh_from_db()
    assert order.customer_name == "Anna Vermeer" and order.customer_id == vermeer.pk


@pytest.mark.parametrize("state", ["draft", "undelivered", "unpaid"])
def test_an_order_that_is_still_open_comes_first(browser, office, vermeer, state):
    if state == "draft":
        factories.draft(employee=office, customer=vermeer)
    else:
        order = bought(vermeer, office)
        SalesOrder.objects.filter(pk=order.pk).update(
            **({"delivery_state": "part"} if state == "undelivered" else {"paid_total": 0})
        )
    before = JournalEntry.objects.count()
    answer = post(browser, vermeer)
    assert answer.status_code == 422 and "nog een order die openstaat" in answer.content.decode()
    vermeer.refresh_from_db()
    assert vermeer.anonymised_at is None and vermeer.email and JournalEntry.objects.count() == before


def test_mail_about_its_orders_says_no_more_to_whom_and_what_waits_is_not_sent(browser, office, vermeer):
    order = bought(vermeer, office)
    SalesOrder.objects.filter(pk=order.pk).update(customer_email="anna@vermeer.nl")
    mails = [
        mailing.queue_mail(
            order_id=order.pk, kind="confirmation", recipient="anna@vermeer.nl", subject="Order Vermeer", body="Anna",
            employee=office,
        )
        for _ in range(2)
    ]  # fmt: skip
    OutboxMessage.objects.filter(mail=mails[0]).update(status="sent")
    OutgoingMail.objects.filter(pk=mails[0].pk).update(sent_at=timezone.now())
    OutboxMessage.objects.filter(mail=mails[1]).update(last_error="550 anna@vermeer.nl unknown")
    assert post(browser, vermeer).status_code == 204
    rows = OutgoingMail.objects.order_by("pk").values_list("recipient", "subject", "body", "message__status")
    assert list(rows) == [("Geanonimiseerd", "", "", "sent"), ("Geanonimiseerd", "", "", "failed")]
    held = [SalesOrder, OutgoingMail, OutboxMessage, Customer]
    assert not any("anna@vermeer.nl" in str(row) for model in held for row in model.objects.values())
    assert sending.send_due() == 0
    assert broken(16) == []


def test_who_has_tegoed_is_not_forgotten(browser, office, vermeer):
    made = CreditAccount.objects.create(customer=vermeer, balance=Decimal("12.50"))
    answer = post(browser, vermeer)
    assert answer.status_code == 422 and "nog € 12,50 tegoed" in answer.content.decode().replace("\xa0", " ")
    assert Customer.objects.get().anonymised_at is None and Customer.objects.get().email
    made.delete()
    assert post(browser, vermeer).status_code == 204


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_others_may_not(client, vermeer, role):
    person = factories.employee(role, factories.branch("Zeist"))
    client.force_login(person)
    assert post(client, vermeer).status_code == 403
    with pytest.raises(Refusal, match="Alleen backoffice"):
        anonymising.anonymise(customer_id=vermeer.pk, employee=person)
    assert Customer.objects.get().anonymised_at is None


def test_what_was_erased_is_not_written_again(browser, office, vermeer):
    post(browser, vermeer)
    assert browser.get(reverse("relations:customer_edit", args=[vermeer.pk])).status_code == 404
    with pytest.raises(Refusal, match="geanonimiseerd"):
        customers.change(customer_id=vermeer.pk, revision=2, values={"last_name": "X"}, addresses=[], employee=office)


@pytest.mark.django_db(transaction=True)
def test_the_owner_blanks_who_bought_it_in_versions_of_more_than_seven_years_ago(office, vermeer, capsys):
    order = bought(vermeer, office)
    version = OrderVersion.objects.get()
    assert version.personal["customer_name"] == "Anna Vermeer"
    today = timezone.localdate()
    with pytest.raises(CommandError, match="The law asks 7 years"):
        call_command("blank_versions", f"--before={today - datetime.timedelta(days=6 * 365)}")
    from django.db import connection

    from backoffice.core.db.roles import as_owner
    from backoffice.core.db.walls import OVERRIDE

    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'; UPDATE sales_orderversion SET at = at - interval '8 years'")
    call_command("blank_versions", f"--before={today.replace(year=today.year - 7, day=1)}")
    call_command("blank_versions", f"--before={today.replace(year=today.year - 7, day=1)}")
    assert capsys.readouterr().out.splitlines() == ["1 versions blanked.", "0 versions blanked."]
    version.refresh_from_db()
    assert version.personal == {} and version.snapshot["header"]
    entry = JournalEntry.objects.get(action="sales.versions.blanked")
    assert (entry.branch, entry.employee, entry.data["versions"]) == (order.branch, None, 1)
    assert SalesOrder.objects.get().customer_name == "Anna Vermeer"  # who did not ask to be forgotten


@pytest.mark.django_db(transaction=True)
def test_an_order_of_more_than_seven_years_ago_forgets_who_was_anonymised(office, vermeer):
    order = bought(vermeer, office)
    told = {"customer_attention": "Anna Vermeer", "customer_vat_id": "NL004495445B01", "note": "Anna belt zelf",
            "customer_email": "anna@vermeer.nl", "extra_data": {"Kenteken": "AB-123-C"}}  # fmt: skip
    SalesOrder.objects.update(**told)
    anonymising.anonymise(customer_id=vermeer.pk, employee=office)
    today = timezone.localdate()
    before = today.replace(year=today.year - 7, day=1)
    keeping.blank_versions(before=before)
    assert SalesOrder.objects.get().customer_name == "Anna Vermeer"
    SalesOrder.objects.update(confirmed_at=timezone.now() - datetime.timedelta(days=8 * 366))
    keeping.blank_versions(before=before)
    kept = SalesOrder.objects.get()
    assert (kept.customer_name, kept.invoice_address, kept.delivery_address) == ("Geanonimiseerd", {}, {})
    assert [getattr(kept, name) for name in told] == ["", "", "", "", {}]
    assert (kept.customer_sort, kept.search_text) == ("geanonimiseerd", order.number.lower())
    assert (kept.number, kept.gross) == (order.number, order.gross)
