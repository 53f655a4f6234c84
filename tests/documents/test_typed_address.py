"""An address typed on the order screen stands on the papers and in UBL as it was typed."""

import pytest
from django.urls import reverse
from lxml import etree

from backoffice.core.keys import new_key
from sales.documents import confirmation, slip
from sales.documents import papers as order_papers
from sales.documents.services import packing
from sales.models import SalesOrder
from sales.services import confirming
from tests import factories
from tests.documents import papers
from tests.documents.test_ubl import SPACES, made, schema, text  # noqa: F401 - schema is a fixture

pytestmark = pytest.mark.django_db


def sold(client, invoice: str, delivery: str) -> SalesOrder:
    """An order to a hotel, delivered at home, with these addresses typed ("/" is a new line) and confirmed."""
    branch, sanne = papers.shop()
    hotel = factories.customer("Brandsma", first_name="I.", company="Hotel De Zwaan B.V.", city="Amersfoort")
    order = factories.draft(employee=sanne, branch=branch, customer=hotel, items=[(papers.wardrobe()[5], 2)])
    client.force_login(sanne)
    for name, value in (
        ("delivery_method", papers.delivered_at_home().pk),
        ("invoice_address", invoice.replace(" / ", "\n")),
        ("delivery_address", delivery.replace(" / ", "\n")),
    ):
        order.refresh_from_db()
        typed = {name: value, "key": new_key(), "revision": order.revision}
        assert client.post(reverse("sales:header", args=[order.pk]), typed).status_code == 200
    return confirming.confirm(order_id=order.pk, employee=sanne)


def address_in(root, path: str) -> list[str]:
    names = ("StreetName", "AdditionalStreetName", "CityName", "PostalZone")
    found = root.find(path, SPACES)
    return [text(found, f"cbc:{name}") for name in names] + [text(found, "cac:Country/cbc:IdentificationCode")]


BUYER = "cac:BuyerCustomerParty/cac:Party/cac:PostalAddress"
PLACE = "cac:Delivery/cac:DeliveryLocation/cac:Address"


def test_a_dutch_address_with_its_country(client, schema):  # noqa: F811
    order = sold(client, "Kerkstraat 1 / 1234 AB Utrecht / Nederland", "Receptie / Kade 5 / 2e etage / 1234 AB Leiden")
    words = papers.flat(order_papers.paper(confirmation.orders().get(pk=order.pk)))
    assert "Hotel De Zwaan B.V. t.a.v. I. Brandsma Kerkstraat 1 1234 AB Utrecht Nederland VO-" in words
    assert "Bezorgadres Receptie Kade 5 2e etage 1234 AB Leiden Betalen" in words
    root = made(order, schema)
    assert address_in(root, BUYER) == ["Kerkstraat 1", None, "Utrecht", "1234 AB", "NL"]
    assert address_in(root, PLACE) == ["Kade 5", "2e etage", "Leiden", "1234 AB", "NL"]
    assert text(root.find(PLACE, SPACES), "cac:AddressLine/cbc:Line") == "Receptie"


def test_a_german_address_with_its_country(client, schema):  # noqa: F811
    order = sold(client, "Müller GmbH / Am Ring 5 / 10115 Berlin / Deutschland", "t.a.v. Abt / Ring 5 / D-10115 Berlin")
    words = papers.flat(order_papers.paper(confirmation.orders().get(pk=order.pk)))
    assert "t.a.v. I. Brandsma Müller GmbH Am Ring 5 10115 Berlin Deutschland VO-" in words
    assert "Bezorgadres t.a.v. Abt Ring 5 D-10115 Berlin Duitsland" in words
    root = made(order, schema)
    assert address_in(root, BUYER) == ["Am Ring 5", None, "Berlin", "10115", "DE"]
    assert address_in(root, PLACE) == ["Ring 5", None, "Berlin", "10115", "DE"]


def test_the_slip_and_the_screen_say_it_too(client):
    order = sold(client, "", "c/o Jansen / Meir 12 bus 3 / 2000 Antwerpen / België")
    line = order.lines.get()
    made_slip = packing.create_slip(order_id=order.pk, quantities={line.pk: line.quantity}, employee=order.employee)
    words = papers.flat(slip.slip_pdf(slip.slips().get(pk=made_slip.pk))[1])
    assert "Hotel De Zwaan B.V. c/o Jansen Meir 12 bus 3 2000 Antwerpen België PB-" in words
    page = client.get(reverse("documents:slip", args=[made_slip.pk])).content.decode()
    assert "c/o Jansen<br>Meir 12 bus 3<br>2000 Antwerpen<br>België" in page
    page = client.get(reverse("sales:order", args=[order.pk])).content.decode()
    assert "c/o Jansen<br>Meir 12 bus 3<br>2000 Antwerpen<br>België" in page


def test_the_address_of_the_shop_and_of_a_customer_is_split_too(schema):  # noqa: F811
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=[(papers.wardrobe()[5], 1)])
    root = made(order, schema)
    assert address_in(root, BUYER) == ["Oudegracht 12", None, "Amersfoort", "3511 AB", "NL"]
    seller = "cac:SellerSupplierParty/cac:Party/cac:PostalAddress"
    assert address_in(root, seller) == ["Oudegracht 218", None, "Utrecht", "3511 NR", "NL"]
    assert etree.QName(root).localname == "Order"
