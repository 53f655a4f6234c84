"""What is typed into a name stays text on the bon of the till."""

import pytest
from django.urls import reverse

from backoffice.core.keys import new_key
from sales.services import lines
from tests import factories
from tests.pos import test_basket
from tests.pos.test_basket import basket, post, scan
from tests.sales.test_escaping import evil, stays_text

pytestmark = pytest.mark.django_db
s, till = test_basket.s, test_basket.till


def screen(till) -> str:
    return till.get(reverse("pos:till")).content.decode()


def test_the_lines_of_the_bon_on_the_screen_and_redrawn_after_a_scan(till, s):
    dress = factories.article("50001", evil("jurk"), colours=[evil("kleur")], sizes=[evil("maat")])
    answer = scan(till, factories.code_of(dress.variants.get()))
    stays_text(answer.content.decode(), "jurk", "kleur", "maat")
    order = basket(s)
    lines.add_text(order_id=order.pk, text=evil("tekstregel"), employee=s.seller)
    line = order.lines.order_by("position").first()
    values = {"text": evil("toelichting")}
    lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=s.seller)
    stays_text(screen(till), "jurk", "kleur", "maat", "tekstregel", "toelichting")


def test_what_the_search_of_the_till_finds(till, s):
    factories.article("50002", evil("handschoen"), brand=evil("merk"))
    stays_text(till.get(reverse("pos:search"), {"q": "handschoen"}).content.decode(), "handschoen")


def test_a_bon_that_is_parked_under_a_name(till, s):
    scan(till, factories.code_of(s.riem))
    post(till, "pos:park", name=evil("bonnaam"), key=new_key())
    stays_text(till.get(reverse("pos:choose_order")).content.decode() + till.get(reverse("pos:park")).content.decode(),
               "bonnaam")  # fmt: skip
