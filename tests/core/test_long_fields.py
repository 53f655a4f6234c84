"""A field that is longer than any text reaches no view; one that is too long for its place gives the form back."""

import re
import time
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from backoffice.core.input import MAX_FIELD
from backoffice.relations.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db
MARKS = "\u0301\u0316" * 30_000  # 120 kB; in order after 2.7 s, and 11 s for some
TOLD = "hoogstens 20.000 tekens passen"


@pytest.fixture
def desk(client):
    client.force_login(factories.employee("admin"), backend="backoffice.relations.backends.DeskBackend")
    return client


def posted(client, name: str, /, **values):
    """The answer, and the seconds of computing that it took."""
    began = time.process_time()
    return client.post(reverse(name), values), time.process_time() - began


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("relations:customer_new", "last_name"), ("relations:customer_new", "note"), ("login", "username"),
        ("login", "password"), ("relations:branch_new", "name"), ("catalog:article_new", "name"),
        ("catalog:import", "no-field-of-it"),
    ],
)  # fmt: skip
def test_120_kB_of_marks_are_refused_whatever_the_field_is(desk, name, field):
    answer, seconds = posted(desk, name, **{field: MARKS})
    assert answer.status_code == 422 and TOLD in answer.content.decode()
    assert seconds < 0.5
    assert Customer.objects.count() == 0


def test_a_name_of_a_field_and_a_search_are_refused_too(desk):
    typed = "application/x-www-form-urlencoded"
    assert desk.post(reverse("relations:customer_new"), urlencode({MARKS: "1"}), typed).status_code == 422
    for name in ("relations:customers", "catalog:articles", "sales:orders", "search"):
        answer = desk.get(reverse(name), {"q": MARKS}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Reswap"]) == (422, "none")
        assert TOLD in answer.headers["HX-Trigger"].encode().decode("unicode_escape")


def test_what_fits_a_request_and_not_its_field_comes_back_in_the_form(desk):
    for text in ("x" * MAX_FIELD, MARKS[:MAX_FIELD]):
        answer, seconds = posted(desk, "relations:customer_new", kind="private", last_name="Vermeer", note=text)
        page = answer.content.decode()
        assert answer.status_code == 422 and seconds < 0.5
        assert "De tekst is 20.000 tekens lang, hoogstens 4.000 passen." in page
        assert text in page and re.search('value="Vermeer"', page)
    assert Customer.objects.count() == 0


def test_a_number_of_any_length_is_no_amount(desk):
    values = {"number": "A1", "name": "Jas", "sales_price": "1" + ".000" * 4_000}
    answer, seconds = posted(desk, "catalog:article_new", **values)
    assert answer.status_code == 422 and seconds < 0.5
    assert "is geen bedrag" in answer.content.decode()
