"""Two people edit one article: the second is told who wrote first, when, and both values, and loses nothing typed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog.models import Article
from backoffice.catalog.services import articles, variants
from backoffice.core.errors import Stale
from backoffice.core.keys import new_key
from tests import factories
from tests.markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def boot():
    return factories.article("70402", "Laars", "149.95", colours=["Zwart", "Cognac"], sizes=["39"], brand="Stap")


def save(boot, who, revision, colours=None, **values):
    return articles.save(
        article_id=boot.pk, values=values, colour_ids=colours, revision=revision, employee=who, key=new_key()
    )


def test_the_second_of_two_is_told_both_values_and_nothing_is_overwritten(boot):
    sanne, joris = factories.employee(name="Sanne Bakker"), factories.employee(name="Joris van Dam")
    assert save(boot, sanne, 1, sales_price=Decimal("139.95"), name="Laars").revision == 2
    with pytest.raises(Stale) as stale:
        save(boot, joris, 1, sales_price=Decimal("129.95"), name="Laars", brand="Veldman")
    assert (stale.value.status, stale.value.who, stale.value.at is not None) == (409, "Sanne Bakker", True)
    assert sorted(stale.value.fields) == [
        ("Merk", "Stap", "Veldman"), ("Verkoopprijs (incl. BTW)", "139,95", "129,95")
    ]  # fmt: skip
    now = Article.objects.get(pk=boot.pk)
    assert (now.sales_price.amount, now.brand.name, now.revision) == (Decimal("139.95"), "Stap", 2)
    save(boot, joris, 2, sales_price=Decimal("129.95"))
    assert Article.objects.get(pk=boot.pk).sales_price.amount == Decimal("129.95")


def test_colours_that_somebody_switched_off_or_put_back_count_as_a_change(boot):
    sanne = factories.employee()
    cognac = factories.variant(boot, "Cognac", "39")
    articles.set_variant(variant_id=cognac.pk, codes=[], own_price=None, active=False, employee=sanne)
    both = [factories.colour(label).pk for label in ("Zwart", "Cognac")]
    with pytest.raises(Stale) as stale:
        save(boot, sanne, 1, colours=both)
    assert stale.value.fields == [("Kleuren", "Zwart", "Zwart, Cognac")]
    cognac.refresh_from_db()
    assert not cognac.active
    variants.add(article_id=boot.pk, colour_id=cognac.colour_id, size_id=cognac.size_id, employee=sanne)
    assert Article.objects.get(pk=boot.pk).revision == 3


def test_the_form_answers_409_and_keeps_what_was_typed(client, boot):
    sanne, joris = factories.employee(name="Sanne Bakker"), factories.employee(name="Joris van Dam")
    client.force_login(joris)
    url = reverse("catalog:article_edit", args=[boot.pk])
    assert '<input type="hidden" name="revision" value="1">' in client.get(url).content.decode()
    save(boot, sanne, 1, name="Laars Loods")
    typed = {
        "number": "70402", "name": "Laars Veld", "brand": "Stap", "sales_price": "149,95", "vat_code": "high",
        "size_range": boot.size_range_id, "colours": [v.colour_id for v in boot.variants.all()], "stocked": "on",
        "active": "on",
    }  # fmt: skip
    answer = client.post(url, typed | {"key": new_key(), "revision": "1"})
    page = compact(answer)
    assert answer.status_code == 409
    assert "Sanne Bakker heeft dit om" in page and 'value="Laars Veld"' in page
    assert '<td class="theirs">Laars Loods</td><td>Laars Veld</td>' in page
    assert Article.objects.get(pk=boot.pk).name == "Laars Loods"
    assert client.post(url, typed | {"key": new_key()}).status_code == 409  # a form without it is as old as can be
    again = client.post(url, typed | {"key": new_key(), "revision": "2"})
    assert (again.status_code, Article.objects.get(pk=boot.pk).name) == (302, "Laars Veld")
