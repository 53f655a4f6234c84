"""The paper of a version is the paper of that time: shown again, and mailed as it was when Verzenden was pressed."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from sales.documents import confirmation
from sales.documents import papers as made
from sales.documents.models import OutgoingMail
from sales.documents.services import mailing
from sales.models import OrderType, OrderVersion, SalesOrder
from sales.services import amending, cancelling, confirming, copying, lines
from tests import factories
from tests.documents import papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def amended():
    """An order of 2 shirts (€ 99,90) that became 3 (€ 149,85); its version 1 was put on the mail before."""
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[0], 2)])
    mail = mailing.queue_mail(
        order_id=order.pk, kind="confirmation", recipient="a@b.nl", subject="x", body="y", employee=sanne
    )
    amendment = amending.amend(order_id=order.pk, employee=sanne)
    line = amendment.lines.get()
    lines.set_line(
        order_id=amendment.pk, line_id=line.pk, revision=None, values={"quantity": Decimal(3)}, employee=sanne
    )
    amending.confirm_amendment(order_id=amendment.pk, employee=sanne)
    order = SalesOrder.objects.get(pk=order.pk)
    order.sanne, order.mail = sanne, mail
    return order


def shown(client, order, version: int) -> str:
    answer = client.get(reverse("documents:version_pdf", args=[order.pk, version]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{order.number}-{version}.pdf"'
    return papers.flat(answer.content)


def test_each_version_can_be_opened_again_and_has_its_own_total(client, amended):
    client.force_login(amended.sanne)
    assert amended.version == 2
    first, second = shown(client, amended, 1), shown(client, amended, 2)
    assert "Totaal inclusief BTW € 99,90" in first and "Totaal inclusief BTW € 149,85" in second
    assert first.count(f"Orderbevestiging {amended.number}") == 1
    assert reverse("documents:version_pdf", args=[amended.pk, 1]).endswith("/versies/1/orderbevestiging.pdf")
    assert client.get(reverse("documents:version_pdf", args=[amended.pk, 3])).status_code == 404
    client.force_login(factories.employee("seller", branch=factories.branch("Breda"), name="Bram"))
    assert client.get(reverse("documents:version_pdf", args=[amended.pk, 1])).status_code == 404


def test_the_paper_of_the_present_version_is_the_same_by_both_ways(amended):
    version = OrderVersion.objects.get(order=amended, version=2)
    live = confirmation.confirmation_html(confirmation.orders().get(pk=amended.pk))
    assert confirmation.confirmation_html(made.rebuilt(version)) == live


def test_a_mail_carries_the_version_that_it_was_about(amended):
    name, content = made.mailed(OutgoingMail.objects.get(pk=amended.mail.pk))
    assert name == f"{amended.number}.pdf"
    assert "Totaal inclusief BTW € 99,90" in papers.flat(content)
    again = mailing.queue_mail(
        order_id=amended.pk, kind="confirmation", recipient="a@b.nl", subject="x", body="y", employee=amended.sanne
    )
    assert again.version == 2
    assert "Totaal inclusief BTW € 149,85" in papers.flat(made.mailed(again)[1])


def test_a_version_that_kept_too_little_says_so(client, amended):
    OrderVersion.objects.create(
        order=amended, version=3, at=timezone.now(), employee=amended.sanne, snapshot={}, personal={}
    )
    client.force_login(amended.sanne)
    answer = client.get(reverse("documents:version_pdf", args=[amended.pk, 3]))
    assert answer.status_code == 422 and "geen papier bewaard" in answer.content.decode()


def test_after_an_amendment_the_first_print_of_the_new_version_is_no_copy(client, amended):
    client.force_login(amended.sanne)
    paper = reverse("documents:confirmation_pdf", args=[amended.pk])
    for copy in (False, True):
        client.post(reverse("documents:print", args=[amended.pk]), {"key": str(uuid.uuid4())})
        assert ("KOPIE" in papers.flat(client.get(paper).content)) == copy
    cancelling.cancel(order_id=amended.pk, employee=amended.sanne, reason="klant belt af")
    client.post(reverse("documents:print", args=[amended.pk]), {"key": str(uuid.uuid4())})
    text = papers.flat(client.get(paper).content)
    assert "Deze order is geannuleerd." in text and "KOPIE" not in text


def quotation(sanne, branch):
    kind = OrderType.objects.get_or_create(name="Offerte", quotation=True)[0]
    draft = factories.draft(
        employee=sanne, branch=branch, customer=factories.customer("Vermeer"), items=[(papers.wardrobe()[0], 2)]
    )
    SalesOrder.objects.filter(pk=draft.pk).update(order_type=kind, quotation=True)
    return confirming.confirm(order_id=draft.pk, employee=sanne)


def test_an_offerte_is_called_so_and_says_until_when_it_holds(client, settings):
    branch, sanne = papers.shop()
    settings.QUOTATION_DAYS = 14
    offer = quotation(sanne, branch)
    client.force_login(sanne)
    text = papers.flat(client.get(reverse("documents:confirmation_pdf", args=[offer.pk])).content)
    until = timezone.localdate() + timedelta(days=14)
    assert f"Offerte {offer.number}" in text
    assert f"Deze offerte is geldig tot en met {until:%d-%m-%Y}." in text
    assert "Totaal inclusief BTW € 99,90" in text
    assert "geen factuur" not in text and "Orderbevestiging" not in text and "Nog te betalen" not in text
    page = client.get(reverse("documents:mail", args=[offer.pk])).content.decode()
    assert f'value="Offerte {offer.number}"' in page and "onze offerte" in page
    order = copying.convert(order_id=offer.pk, employee=sanne)
    text = papers.flat(client.get(reverse("documents:confirmation_pdf", args=[order.pk])).content)
    assert f"Orderbevestiging {order.number}" in text and "geen factuur" in text
