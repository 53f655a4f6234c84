"""The lists of Beheer beyond a hundred rows: searched by their words and shown a page at a time."""

import pytest
from django.urls import reverse

from backoffice.catalog.models import Brand
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(factories.employee("admin", factories.branch()))
    return client


def names(client, **query) -> list[str]:
    return [row["cells"][0] for row in client.get(reverse("catalog:brands"), query).context["rows"]]


def test_250_brands_come_in_three_pages_and_each_is_found(admin):
    every = [f"Merk {n:03d}" for n in range(250)]
    Brand.objects.bulk_create(Brand(name=name) for name in every)
    assert [len(names(admin, blad=page)) for page in (1, 2, 3)] == [100, 100, 50]
    assert names(admin) + names(admin, blad=2) + names(admin, blad=3) == every
    assert names(admin, q="mérk 249") == ["Merk 249"]
    assert names(admin, q="24", blad=9) == [f"Merk {n:03d}" for n in (24, 124, 224, *range(240, 250))]
    page = admin.get(reverse("catalog:brands"), {"q": "zzz"}).content.decode()
    assert "Niets gevonden" in page and "Nog leeg" not in page
    whole = admin.get(reverse("catalog:brands")).content.decode()
    assert "250 gevonden" in whole and 'rel="next" href="?blad=2"' in whole


def test_100_brands_stand_on_one_page_without_a_search_field(admin):
    Brand.objects.bulk_create(Brand(name=f"Merk {n:03d}") for n in range(100))
    page = admin.get(reverse("catalog:brands"))
    assert len(page.context["rows"]) == 100
    assert 'name="q"' not in page.content.decode() and "list-foot" not in page.content.decode()
