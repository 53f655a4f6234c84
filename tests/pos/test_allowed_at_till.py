"""What is added under a discount that a manager allowed is asked of a manager anew, at every door of the till."""

import json
from decimal import Decimal

import pytest

from backoffice.core.models import JournalEntry
from sales.services import drafts
from tests import factories
from tests.pos import counter
from tests.pos.test_basket import basket, post, said, scan
from tests.sales.order_shop import pieces

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def s():
    return counter.shop()


@pytest.fixture
def till(client, s):
    """A seller at the till, with one shirt on a basket that the manager gave 50 % on."""
    counter.sit(client, s.till, s.seller)
    scan(client, factories.code_of(s.wit40))
    drafts.set_discount(order_id=basket(s).pk, percent=D(50), reason="beschadigd", employee=s.manager)
    return client


def beside(s, **more):
    return {"approver": s.manager.pk, "approver_pin": counter.PIN, "reason": "hele set"} | more


def test_a_scan_asks_the_manager_beside_and_adds_with_the_pin_code(till, s):
    code = factories.code_of(s.wit40)
    asked = scan(till, code, quantity="20")
    assert (asked.status_code, said(asked)["state"]) == (200, "choose")
    text = asked.content.decode()
    assert "Filiaalmanager erbij" in text and "u mag tot 10" in text and f'name="code" value="{code}"' in text
    assert pieces(basket(s)) == [("Wit 40", 1)]

    wrong = scan(till, code, quantity="20", **beside(s, approver_pin="0000"))
    assert "Deze pincode klopt niet" in wrong.content.decode()
    assert pieces(basket(s)) == [("Wit 40", 1)]

    done = scan(till, code, quantity="20", **beside(s))
    assert said(done)["state"] == "known" and "dialog:close" in json.loads(done.headers["HX-Trigger"])
    assert pieces(basket(s)) == [("Wit 40", 21)]
    assert basket(s).gross.amount == D("524.47")  # 1.048,95 less 524,48
    assert JournalEntry.objects.last().data["approved_by"] == s.manager.pk


def test_one_more_piece_and_the_window_of_sizes_ask_too(till, s):
    line = basket(s).lines.get()
    asked = post(till, "pos:line", line.pk, step="1")
    assert asked.status_code == 422 and 'name="step" value="1"' in asked.content.decode()
    assert post(till, "pos:line", line.pk, step="1", **beside(s)).status_code == 200
    assert pieces(basket(s)) == [("Wit 40", 2)]

    cells = {f"cell-{s.wit42.pk}": "3", f"was-{s.wit42.pk}": ""}
    asked = post(till, "pos:matrix", s.shirt.pk, **cells)
    assert asked.status_code == 422
    text = asked.content.decode()
    assert 'name="reason" form="matrix-form"' in text and "Filiaalmanager erbij" in text
    assert pieces(basket(s)) == [("Wit 40", 2)]
    assert post(till, "pos:matrix", s.shirt.pk, **cells, **beside(s)).status_code == 200
    assert pieces(basket(s)) == [("Wit 40", 2), ("Wit 42", 3)]


def test_without_a_manager_about_the_scan_is_refused_in_words(till, s):
    s.manager.active = s.office.active = s.admin.active = False
    for person in (s.manager, s.office, s.admin):
        person.save()
    refused = scan(till, factories.code_of(s.riem))
    assert refused.status_code == 422 and "Vraag uw filiaalmanager" in said(refused)["text"]
    assert pieces(basket(s)) == [("Wit 40", 1)]
