"""A phone number as one writes it: on the order, the customer's page and list, the paper and in the mail."""

import pytest
from django.urls import reverse

from sales.documents import confirmation, ubl
from sales.documents.services import mail_texts
from tests import factories
from tests.documents import papers
from tests.relations.test_customer_screens import typed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("stored", "words"),
    [("+31305550142", "030 555 0142"), ("+31612345678", "06 12345678"), ("+49309984510", "+49 30 9984510")],
)
def test_every_screen_shows_a_customers_phone_the_same_way(client, stored, words):
    branch, sanne = papers.shop()
    anna = factories.customer("Vermeer", phone=stored)
    order = factories.draft(employee=sanne, branch=branch, customer=anna)
    client.force_login(sanne)
    form = typed(**{"last_name": "Vermeer", "phone": stored, "invoice-postcode": "3511 AB"})
    pages = {
        "order": client.get(reverse("sales:side", args=[order.pk])),
        "list": client.get(reverse("relations:customers")),
        "customer": client.get(reverse("relations:customer", args=[anna.pk])),
        "form": client.get(reverse("relations:customer_edit", args=[anna.pk])),
        "double": client.post(reverse("relations:customer_new"), form),
    }
    for name, answer in pages.items():
        page = answer.content.decode()
        assert words in page, name
        assert name == "double" or stored not in page, name


def test_paper_and_mail_write_the_shops_phone_out_and_the_file_for_computers_keeps_it():
    branch, sanne = papers.shop()
    type(branch).objects.update(phone="+31305550142")
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[5], 1)])
    order = confirmation.orders().get(pk=order.pk)
    html = confirmation.confirmation_html(order)
    assert '<a href="tel:+31305550142">030 555 0142</a>' in html
    assert mail_texts.proposal(order, "confirmation").body.endswith("Linde & Loof\n030 555 0142")
    assert b"<cbc:Telephone>+31305550142</cbc:Telephone>" in ubl.order_xml(ubl.orders().get(pk=order.pk))
