"""Pakbon aanmaken for an order of many lines: a page of them, and what was typed on the others goes along."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.core.keys import new_key
from sales.documents.models import PackingSlip
from tests import grown
from tests.sales.delivery_shop import confirmed, state
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(client):
    """160 variants, one of each is ordered and three are there."""
    s = shop()
    big = grown.article("G-180", 12, 15, branch_ids=[s.branch.pk], pieces=3)
    s.variants = list(big.variants.order_by("colour__position", "size__position"))[:160]
    s.order = confirmed(s, [(one, 1) for one in s.variants])
    s.url = reverse("documents:slip_new", args=[s.order.pk])
    s.lines = list(s.order.lines.order_by("position"))
    client.force_login(s.seller)
    return s


def fields(html: str) -> dict[str, str]:
    """What the form sends: {name: value} of every field of a line, and the page."""
    inputs = re.findall(r"<input[^>]*>", html)
    named = {re.search(r'name="([^"]+)"', one)[1]: one for one in inputs if ' name="' in one}
    return {
        name: (re.search(r' value="([^"]*)"', one) or ["", ""])[1]
        for name, one in named.items()
        if name.startswith("quantity-") or name in ("blad", "counting")
    }


def drawn(html: str) -> list[int]:
    """The lines whose field is seen."""
    seen = [one for one in re.findall(r"<input[^>]*>", html) if 'type="hidden"' not in one]
    return [int(pk) for one in seen for pk in re.findall(r'name="quantity-(\d+)"', one)]


def send(client, name: str, s, **values):
    return client.post(reverse(name, args=[s.order.pk]), values, headers={"HX-Request": "true"})


def test_what_is_typed_on_one_page_goes_along_from_another(client, sold):
    s = sold
    html = client.get(s.url).content.decode()
    form = fields(html)
    assert drawn(html) == [line.pk for line in s.lines[:75]] and "Regels 1–75 van 160" in html
    assert len([name for name in form if name.startswith("quantity-")]) == 160
    form[f"quantity-{s.lines[0].pk}"] = "0"
    html = send(client, "documents:slip_lines", s, **form, naar="3").content.decode()
    assert drawn(html) == [line.pk for line in s.lines[150:]] and "Regels 151–160 van 160" in html
    form = fields(html)
    form[f"quantity-{s.lines[159].pk}"] = "0"
    answer = client.post(s.url, {"key": new_key(), "country": "NL"} | form)
    assert answer.status_code == 303
    went = dict(PackingSlip.objects.get().delivery.lines.values_list("line", "quantity"))
    assert went == {line.pk: 1 for line in s.lines[1:159]}


def test_a_scan_brings_the_page_of_its_line_and_counts(client, sold):
    s = sold
    form = fields(client.get(s.url).content.decode())
    answer = send(client, "documents:slip_scan", s, code="G-G-180-155", quantity="1", key=new_key(), **form)
    html = answer.content.decode()
    # the first scan takes all back to nothing, on every page
    now = fields(html)
    assert drawn(html) == [line.pk for line in s.lines[150:]] and now["counting"] == "1" and now["blad"] == "3"
    assert {name for name, value in now.items() if value == "1" and name.startswith("quantity-")} == {
        f"quantity-{s.lines[155].pk}"
    }
    assert html.count("hx-swap-oob") == 2  # the lines, and that it counts
    # the next one on the same page is one field; on another page it brings that
    answer = send(client, "documents:slip_scan", s, code="G-G-180-156", quantity="1", key=new_key(), **now)
    assert drawn(answer.content.decode()) == [s.lines[156].pk]
    now[f"quantity-{s.lines[156].pk}"] = "1"
    answer = send(client, "documents:slip_scan", s, code="G-G-180-0", quantity="1", key=new_key(), **now)
    now = fields(answer.content.decode())
    assert drawn(answer.content.decode()) == [line.pk for line in s.lines[:75]]
    assert [line.pk for line in s.lines if now[f"quantity-{line.pk}"] == "1"] == [
        s.lines[0].pk, s.lines[155].pk, s.lines[156].pk,
    ]  # fmt: skip


def test_a_number_that_is_refused_on_another_page_is_shown_there(client, sold):
    s = sold
    form = fields(client.get(s.url).content.decode())
    before = state(s.order)
    for wrong, sentence in (("9", "nog 1 te leveren; ingevuld is 9."), ("veel", "“veel” is geen aantal.")):
        typed = form | {f"quantity-{s.lines[100].pk}": wrong}
        answer = client.post(s.url, {"key": new_key(), "country": "NL"} | typed)
        html = answer.content.decode()
        assert answer.status_code == 422 and sentence in html and f'value="{wrong}"' in html
        assert drawn(html) == [line.pk for line in s.lines[75:150]]
        assert len([name for name in fields(html) if name.startswith("quantity-")]) == 160
    assert (state(s.order), PackingSlip.objects.count()) == (before, 0)


def test_a_larger_order_takes_as_many_statements_and_hardly_more_bytes(client, sold):
    s, figures = sold, []
    few = confirmed(s, [(one, 1) for one in s.variants[:80]])
    for order in (few, s.order):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(reverse("documents:slip_new", args=[order.pk]))
            figures.append((len(captured), len(answer.content)))
    assert figures[0][0] == figures[1][0]
    assert (figures[1][1] - figures[0][1]) / 80 < 120 and figures[1][1] < 300_000, figures
    assert Decimal(1) == s.lines[0].quantity
