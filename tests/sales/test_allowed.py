"""An approval covers the pieces and the depth that were there; the ceiling holds for every line on every write."""

import importlib
from decimal import Decimal

import pytest
from django.db import connection

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from sales import totals
from sales.models import OrderLine
from sales.services import amending, confirming, copying, drafts, lines, matrix, selling
from tests import factories
from tests.sales.living import everything, line_of
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db
D = Decimal


def discount(order, employee, percent=0, **more):
    return drafts.set_discount(order_id=order.pk, employee=employee, percent=D(percent), **more)


def set_line(order, line, employee, **values):
    return lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=employee)


def refused(act) -> str:
    """The code of the refusal; nothing has changed."""
    before = everything()
    with pytest.raises(Refusal) as refusal:
        act()
    assert everything() == before
    return refusal.value.code


def half_price(s, items=()):
    """A draft of a seller with these goods, or one shirt, that a manager gave 50 % on."""
    order = factories.draft(employee=s.seller, items=items or [(s.wit40, 1)])
    return discount(order, s.manager, 50, reason="beschadigd")


# ---- the pieces that were there --------------------------------------------------------------------------------------


def test_twenty_more_scanned_under_what_a_manager_allowed_are_refused():
    s = shop()
    order = half_price(s)
    assert order.gross.amount == D("24.97")
    more = {"order_id": order.pk, "code": factories.code_of(s.wit40), "quantity": D(20), "employee": s.seller}
    assert refused(lambda: lines.scan(**more)) == "price.ceiling"
    order.refresh_from_db()
    assert (pieces(order), order.gross.amount) == ([("Wit 40", 1)], D("24.97"))


def test_no_door_gives_more_pieces_than_were_allowed():
    s = shop()
    order = half_price(s)
    line, who = order.all_lines[0], {"order_id": order.pk, "employee": s.seller}
    cell = matrix.Cell(s.wit40.pk, D(2), D(1))
    doors = {
        "another article": lambda: lines.add(items=[(s.riem.pk, D(1))], **who),
        "the quantity": lambda: set_line(order, line, s.seller, quantity=D(21)),
        "one more at the till": lambda: selling.step(line_id=line.pk, steps=1, **who),
        "a copy of the line": lambda: lines.copy(line_id=line.pk, **who),
        "the Kleur-/maatvenster": lambda: matrix.save(article_id=s.shirt.pk, cells=[cell], **who),
    }
    for door, act in doors.items():
        assert refused(act) == "price.ceiling", door


def test_a_line_that_a_manager_marked_down_keeps_its_pieces():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 2)])
    line = order.all_lines[0]
    set_line(order, line, s.manager, discount=("percent", D(25)))  # within the own 30 %: no reason is asked
    assert refused(lambda: set_line(order, line, s.seller, quantity=D(3))) == "price.ceiling"
    set_line(order, line, s.seller, quantity=D(1))
    assert set_line(order, line, s.seller, quantity=D(2)).gross.amount == D("74.93")  # 99,90 less 24,975


def test_less_than_was_allowed_asks_nothing_and_deeper_asks_anew():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    set_line(order, line, s.manager, discount=("percent", D(50)), reason="beschadigd")
    assert set_line(order, line, s.seller, discount=("percent", D(40))).gross.amount == D("29.97")
    assert refused(lambda: set_line(order, line, s.seller, discount=("percent", D(51)))) == "price.ceiling"
    assert refused(lambda: set_line(order, line, s.manager, discount=("percent", D(51)))) == "price.reason"
    line.refresh_from_db()
    assert (line.override_by, line.override_reason, line.allowed_quantity) == (s.manager, "beschadigd", 1)


def test_under_an_order_discount_of_ones_own_ceiling_goods_come_in_as_before():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    discount(order, s.seller, 10)
    order = lines.scan(order_id=order.pk, code=factories.code_of(s.riem), employee=s.seller)
    assert order.gross.amount == D("71.91")  # 79,90 less 7,99
    assert JournalEntry.objects.count() == 0


def test_a_manager_beside_allows_what_is_added_and_the_journal_says_so():
    s = shop()
    order = half_price(s)
    more = {"order_id": order.pk, "items": [(s.riem.pk, D(2))], "employee": s.seller}
    order = lines.add(**more, reason="hele set", approver=s.manager)
    assert (pieces(order), order.gross.amount) == ([("Wit 40", 1), ("Riem Tuig", 2)], D("54.92"))
    line = line_of(order, s.riem)
    assert (line.override_by, line.override_reason, line.allowed_quantity) == (s.manager, "hele set", 2)
    row = JournalEntry.objects.last()
    assert (row.employee, row.data["approved_by"]) == (s.seller, s.manager.pk)
    assert row.data["lines"] == [{"line": str(line.key), "off_percent": "50.0", "reason": "hele set"}]


def test_who_has_the_right_adds_under_the_reason_that_the_order_has():
    s = shop()
    order = half_price(s)
    order = lines.scan(order_id=order.pk, code=factories.code_of(s.riem), employee=s.manager)
    line = line_of(order, s.riem)
    assert (line.override_by, line.override_reason) == (s.manager, "beschadigd")
    assert JournalEntry.objects.filter(action="sales.price_overridden").count() == 2


# ---- every line, on every write --------------------------------------------------------------------------------------


def test_a_discounted_line_put_back_under_an_order_discount_is_held_to_the_ceiling():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1), (s.riem, 1)])
    line = order.all_lines[0]
    set_line(order, line, s.seller, discount=("percent", D(10)))
    packed = lines.delete(order_id=order.pk, line_ids=[line.pk], employee=s.seller).deleted
    discount(order, s.seller, 10)
    assert refused(lambda: lines.restore(order_id=order.pk, packed=packed, employee=s.seller)) == "price.ceiling"
    discount(order, s.seller, 0)
    order = lines.restore(order_id=order.pk, packed=packed, employee=s.seller)
    assert order.gross.amount == D("74.91")  # 44,96 + 29,95


def test_what_was_allowed_comes_back_with_the_line():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 3)])
    line = order.all_lines[0]
    set_line(order, line, s.manager, discount=("percent", D(50)), reason="beschadigd")
    packed = lines.delete(order_id=order.pk, line_ids=[line.pk], employee=s.seller).deleted
    order = lines.restore(order_id=order.pk, packed=packed, employee=s.seller)
    back = order.lines.get()
    assert (back.allowed_quantity, back.allowed_off, back.override_by) == (
        3,
        D("49.9967"),
        s.manager,
    )  # 74,93 of 149,85
    assert order.gross.amount == D("74.93")


def test_euros_off_the_order_weigh_heavier_when_a_line_gets_fewer_pieces():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 2)])  # 99,90
    drafts.set_discount(order_id=order.pk, amount=D("9.00"), employee=s.seller)
    line = order.all_lines[0]
    assert refused(lambda: set_line(order, line, s.seller, quantity=D(1))) == "price.ceiling"
    assert refused(lambda: selling.step(order_id=order.pk, line_id=line.pk, steps=-1, employee=s.seller))


def test_a_text_a_move_or_a_field_of_the_header_asks_nothing_of_what_was_allowed():
    s = shop()
    order = half_price(s, items=[(s.wit40, 1), (s.riem, 1)])
    first, second = order.all_lines
    set_line(order, first, s.seller, text="mouwen korter")
    lines.move(order_id=order.pk, line_id=second.pk, steps=-1, employee=s.seller)
    lines.delete(order_id=order.pk, line_ids=[second.pk], employee=s.seller)
    order = drafts.set_header(order_id=order.pk, revision=None, values={"subject": "Hemd"}, employee=s.seller)
    assert (order.subject, order.gross.amount) == ("Hemd", D("24.97"))


# ---- where the same order is meant, and where not --------------------------------------------------------------------


def agreed(s):
    """A confirmed order of three shirts at half price, allowed by the manager."""
    order = factories.draft(employee=s.seller, customer=s.customer, items=[(s.wit40, 3)])
    set_line(order, order.all_lines[0], s.manager, discount=("percent", D(50)), reason="beschadigd")
    return confirming.confirm(order_id=order.pk, employee=s.seller)


def test_an_amendment_knows_what_was_allowed_and_gives_back_what_was_allowed_on_it():
    s = shop()
    order = agreed(s)
    amendment = amending.amend(order_id=order.pk, employee=s.seller)
    line = amendment.all_lines[0]
    set_line(amendment, line, s.seller, text="met strik")
    assert refused(lambda: set_line(amendment, line, s.seller, quantity=D(4))) == "price.ceiling"
    more = {"values": {"quantity": D(4), "reason": "partij"}, "approver": s.manager}
    lines.set_line(order_id=amendment.pk, line_id=line.pk, revision=None, employee=s.seller, **more)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.seller)
    line = order.lines.get()
    assert (line.quantity, line.allowed_quantity, line.override_reason) == (4, 4, "partij")
    amendment = amending.amend(order_id=order.pk, employee=s.seller)
    assert set_line(amendment, amendment.all_lines[0], s.seller, quantity=D(2)).gross.amount == D("49.95")


def test_an_offerte_that_becomes_an_order_is_the_same_agreement_and_a_copy_is_not():
    s = shop()
    offerte = factories.order_type("Offerte", quotation=True, position=9)
    draft = factories.draft(employee=s.seller, customer=s.customer, items=[(s.wit40, 3)])
    drafts.set_header(order_id=draft.pk, revision=None, values={"order_type": offerte.pk}, employee=s.seller)
    set_line(draft, draft.lines.get(), s.manager, discount=("percent", D(50)), reason="beschadigd")
    quotation = confirming.confirm(order_id=draft.pk, employee=s.seller)
    order = copying.convert(order_id=quotation.pk, employee=s.seller)
    assert (order.gross.amount, order.lines.get().allowed_quantity) == (D("74.93"), 3)

    copy = copying.copy(order_id=order.pk, employee=s.seller)
    line = copy.lines.get()
    assert (copy.gross.amount, line.allowed_quantity, line.allowed_off) == (D("149.85"), 0, 0)
    assert refused(lambda: set_line(copy, line, s.seller, discount=("percent", D(50)))) == "price.ceiling"


def test_what_was_agreed_before_lines_knew_what_was_allowed_stays_allowed_as_it_is():
    s = shop()
    order = factories.draft(employee=s.admin, branch=s.branch, items=[(s.wit40, 2), (s.riem, 1), (s.navy32, 1)])
    first, second, third = order.all_lines
    set_line(order, first, s.admin, discount=("percent", D(20)))
    set_line(order, second, s.admin, price=D("23.96"))  # 20 % of 29,95
    other = factories.draft(employee=s.admin, branch=s.branch, items=[(s.wit42, 4)])
    drafts.set_vat_mode(order_id=other.pk, vat_mode="exclusive", employee=s.admin)
    other_line = set_line(other, other.lines.get(), s.admin, discount=("amount", D("16.51"))).lines.get()
    drafts.set_discount(order_id=other.pk, percent=D(50), employee=s.admin)
    OrderLine.objects.update(allowed_quantity=0, allowed_off=0)

    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("sales.migrations.0008_approved_pieces").KEEP_AGREED)

    kept = {line.pk: (line.allowed_quantity, line.allowed_off) for line in OrderLine.objects.all()}
    assert kept == {
        first.pk: (2, D("20.0000")),
        second.pk: (1, D("20.0000")),
        third.pk: (0, 0),
        # 4 x 41,281 less 16,51 is 148,61, of which 74,30 is left: 22,4763 of 49,95 a piece
        other_line.pk: (4, D("55.0024")),
    }
    assert set_line(order, second, s.seller, text="nieuw model").lines.get(pk=second.pk).text == "nieuw model"
    set_line(other, other_line, s.seller, text="per post")


def test_what_was_allowed_lies_within_its_bounds():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    for change in ("allowed_quantity = -1", "allowed_off = -1", "allowed_off = 100.0001"):
        with pytest.raises(Exception, match="line_allowed_in_range"), connection.cursor() as cursor:
            cursor.execute(f"SAVEPOINT raw; UPDATE sales_orderline SET {change} WHERE order_id = {order.pk}")
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT raw")


def test_nothing_is_priced_anew_while_nothing_lies_below_its_list_price(monkeypatch):
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1), (s.riem, 1)])
    priced, compute = [], totals.compute
    monkeypatch.setattr(totals, "compute", lambda *args: priced.append(args) or compute(*args))
    lines.scan(order_id=order.pk, code=factories.code_of(s.riem), employee=s.seller)
    drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=s.seller)
    assert len(priced) == 2
