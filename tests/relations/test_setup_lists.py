"""The lists of Beheer beyond a hundred rows: searched by their words and shown a page at a time."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.catalog.models import Brand, Colour
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Branch, EmployeeRole
from tests import factories, grown
from tests.markup import compact

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


def colours(number: int) -> list[str]:
    labels = [f"Kleur {n:03d}" for n in range(number)]
    Colour.objects.bulk_create(Colour(label=label, position=at) for at, label in enumerate(labels, 1))
    return labels


def shown(client, **query) -> list[str]:
    return [row["cells"][0] for row in client.get(reverse("catalog:colours"), query).context["rows"]]


def test_250_colours_come_in_three_pages_and_each_is_found(admin):
    every = colours(250)
    assert [len(shown(admin, blad=page)) for page in (1, 2, 3)] == [100, 100, 50]
    assert shown(admin) + shown(admin, blad=2) + shown(admin, blad=3) == every
    assert shown(admin, q="kleur 249") == ["Kleur 249"]
    page = admin.get(reverse("catalog:colours"))
    assert len(page.content) < 300_000 and "250 gevonden" in page.content.decode()
    # what is found stands outside of its order
    assert "verplaatsen" not in admin.get(reverse("catalog:colours"), {"q": "kleur"}).content.decode()


def test_a_colour_moves_from_the_top_of_a_page_to_the_page_before(admin):
    colours(150)
    first = Colour.objects.get(label="Kleur 100")
    page = compact(admin.get(reverse("catalog:colours"), {"blad": 2}))
    url = f"{reverse('catalog:colour_move', args=[first.pk])}?blad=2"
    assert page.count(f'hx-post="{url}"') == 2
    # only the very first goes no further up, and the very last no further down
    assert page.count("disabled>") == 2 and 'aria-label="Kleur 149 omlaag" disabled' in page
    answer = admin.post(url, {"to": "up", "key": str(uuid.uuid4())})
    assert [row["cells"][0] for row in answer.context["rows"]][:2] == ["Kleur 099", "Kleur 101"]
    assert shown(admin)[-2:] == ["Kleur 098", "Kleur 100"]
    assert JournalEntry.objects.get().data == {"from": 101, "to": 100}


def test_at_the_first_page_the_first_colour_goes_no_further_up(admin):
    colours(101)
    page = compact(admin.get(reverse("catalog:colours")))
    assert 'aria-label="Kleur 000 omhoog" disabled' in page
    assert 'aria-label="Kleur 099 omlaag" disabled' not in page
    whole = [Colour.objects.values_list("label", flat=True)[at] for at in (0, 100)]
    assert whole == ["Kleur 000", "Kleur 100"]


LISTS = ("relations:branches", "relations:tills", "relations:employees", "catalog:colours", "catalog:brands")


@pytest.mark.parametrize("name", LISTS)
def test_a_page_of_a_list_reads_its_own_rows_alone(admin, name):
    """Of five hundred: the first page reads a hundred (and one, to know that there are more)."""
    utrecht = factories.branch()
    grown.branches(utrecht, 500)
    grown.employees(factories.employee("seller", utrecht), utrecht, 500)
    for branch in Branch.objects.all():
        factories.till(branch)
    colours(500)
    Brand.objects.bulk_create(Brand(name=f"Merk {n:03d}") for n in range(500))
    admin.get(reverse(name))
    with CaptureQueriesContext(connection) as captured:
        page = admin.get(reverse(name), {"blad": 4})
        statements = [q["sql"] for q in captured]
    assert len(page.context["rows"]) == 100 and len(page.content) < 150_000
    # who it is, the rows that say that there are many, how many, those of the page; and the roles of employees
    assert len(statements) <= 9, statements
    lists = [s for s in statements if "ORDER BY" in s and ("sort_key" in s or '"position"' in s)]
    assert lists and all(" LIMIT 10" in s or " LIMIT 21" in s or '_id" IN (' in s for s in lists), lists


def test_of_the_roles_at_many_branches_five_are_named_and_every_one_is_found(admin):
    utrecht = factories.branch("Utrecht")
    jan = factories.employee("seller", utrecht, name="Jan de Vries")
    others = grown.branches(utrecht, 199)
    EmployeeRole.objects.bulk_create(EmployeeRole(employee=jan, branch_id=pk, role="seller") for pk in others)
    factories.employee("manager", utrecht, name="Piet Zes")
    grown.employees(factories.employee("office", utrecht, name="Anders"), utrecht, 100)

    def cells(**query) -> dict[str, str]:
        rows = admin.get(reverse("relations:employees"), query).context["rows"]
        return {row["cells"][0]: row["cells"][4] for row in rows}

    last = Branch.objects.get(pk=others[-1])
    found = cells(q=f"jan {last.name}")
    assert list(found) == ["Jan de Vries"]
    named, more = found["Jan de Vries"].split(" en nog ")
    assert len(named.split(", ")) == 5 and more == "195"
    assert cells(q="piet zes")["Piet Zes"] == "Filiaalmanager (Utrecht)"
