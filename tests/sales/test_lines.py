"""Lines of a draft: scanned, added, changed, moved, copied, deleted and put back; exact figures, and refusals."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.catalog.offers import ChooseSize
from backoffice.core.errors import KeyReused, Refusal, Stale
from backoffice.core.models import JournalEntry
from sales.models import OrderLine
from sales.services import drafts, lines
from tests import factories
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db


def own(captured) -> list[str]:
    """The statements of the action itself: not who it is, nor BEGIN, COMMIT and savepoints."""
    texts = [query["sql"] for query in captured.captured_queries]
    around = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [text for text in texts if not text.startswith(around) and "employeerole" not in text]


def set_line(order, line, employee, revision=None, **values):
    return lines.set_line(order_id=order.pk, line_id=line.pk, revision=revision, values=values, employee=employee)


def stored(order):
    order.refresh_from_db()
    return order.gross.amount, pieces(order)


def test_a_scan_adds_and_a_repeat_joins():
    s = shop()
    order = factories.draft(employee=s.seller)
    code = factories.code_of(s.wit40)
    lines.scan(order_id=order.pk, code=code, employee=s.seller)
    lines.scan(order_id=order.pk, code=factories.code_of(s.wit42), employee=s.seller)
    lines.scan(order_id=order.pk, code=code, employee=s.seller)
    order = lines.scan(order_id=order.pk, code=code, quantity=Decimal(5), employee=s.seller)
    assert pieces(order) == [("Wit 40", 7), ("Wit 42", 1)]
    assert order.gross.amount == Decimal("399.60")
    line = order.lines.first()
    assert (line.article_number, line.description, line.colour_hex) == ("48211", "Oxford-overhemd Kade", "#ffffff")
    assert (line.entered_price.amount, line.list_price.amount, line.vat_percent) == (
        Decimal("49.95"), Decimal("49.95"), Decimal(21)
    )  # fmt: skip


def test_a_scan_does_not_join_a_line_with_a_text_or_a_price_of_its_own():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    set_line(order, order.all_lines[0], s.office, text="Initialen SB")
    lines.scan(order_id=order.pk, code=factories.code_of(s.wit40), employee=s.office)
    second = order.lines.last()
    set_line(order, second, s.office, price=Decimal("45.00"))
    lines.scan(order_id=order.pk, code=factories.code_of(s.wit40), employee=s.office)
    assert pieces(order) == [("Wit 40", 1), ("Wit 40", 1), ("Wit 40", 1)]


@pytest.mark.parametrize(
    "code",
    ["", "8712345678906", "8712345678901", "%", "4821", "x" * 300, "48211\x00", "\u200f48211"],
)
def test_unknown_codes_change_nothing(code):
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    before = stored(order)
    with pytest.raises(Refusal) as refused:
        lines.scan(order_id=order.pk, code=code, employee=s.office, key=uuid.uuid4())
    assert refused.value.code in ("scan.unknown", "scan.check_digit")
    assert stored(order) == before


def test_the_number_of_a_colour_size_article_asks_which_one():
    s = shop()
    order = factories.draft(employee=s.office)
    with pytest.raises(ChooseSize) as choose:
        lines.scan(order_id=order.pk, code="48211", employee=s.office)
    assert choose.value.article_id == s.shirt.pk
    lines.scan(order_id=order.pk, code="90140", employee=s.office)
    assert pieces(order) == [("Broek inkorten", 1)]


def test_an_inactive_variant_is_not_sold():
    s = shop()
    s.wit40.active = False
    s.wit40.save()
    order = factories.draft(employee=s.office)
    two = [(s.wit42.pk, Decimal(1)), (s.wit40.pk, Decimal(1))]
    for attempt in (
        lambda: lines.scan(order_id=order.pk, code=factories.code_of(s.wit40), employee=s.office),
        lambda: lines.add(order_id=order.pk, items=two, employee=s.office),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "article.inactive"
    assert pieces(order) == []


def test_a_scan_takes_seven_statements_also_in_a_long_order():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    order = lines.add_text(order_id=order.pk, text="cadeau", employee=s.office)
    for code in (factories.code_of(s.wit40), factories.code_of(s.navy32)):
        with CaptureQueriesContext(connection) as captured:
            lines.scan(order_id=order.pk, code=code, employee=s.office, key=uuid.uuid4())
        assert len(own(captured)) <= 7, own(captured)


def test_the_same_key_scans_once_and_other_data_under_it_is_refused():
    s = shop()
    order = factories.draft(employee=s.office)
    key, code = uuid.uuid4(), factories.code_of(s.wit40)
    lines.scan(order_id=order.pk, code=code, employee=s.office, key=key)
    again = lines.scan(order_id=order.pk, code=code, employee=s.office, key=key)
    assert again.pk == order.pk
    with pytest.raises(KeyReused):
        lines.scan(order_id=order.pk, code=factories.code_of(s.wit42), employee=s.office, key=key)
    assert pieces(order) == [("Wit 40", 1)]


def test_quantity_price_discount_and_text_of_a_line():
    s = shop()
    order = factories.draft(employee=s.manager, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    order = set_line(order, line, s.manager, revision=1, quantity=Decimal(3))
    assert order.gross.amount == Decimal("149.85")
    order = set_line(order, line, s.manager, revision=2, price=Decimal("44.95"))
    assert order.gross.amount == Decimal("134.85")
    order = set_line(order, line, s.manager, revision=3, discount=("percent", Decimal("12.5")))
    assert order.gross.amount == Decimal("117.99")
    order = set_line(order, line, s.manager, revision=4, discount=("amount", Decimal("5.00")))
    assert order.gross.amount == Decimal("129.85")
    order = set_line(order, line, s.manager, revision=5, text="Zoë, maat 40 <innemen>")
    line = order.lines.get()
    assert (line.revision, line.text, line.line_total.amount) == (6, "Zoë, maat 40 <innemen>", Decimal("129.85"))
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"quantity": Decimal(0)}, "line.quantity"),
        ({"quantity": Decimal(-1)}, "line.quantity"),
        ({"quantity": Decimal(100000)}, "line.quantity"),
        ({"quantity": Decimal("1.5")}, "line.whole"),
        ({"price": Decimal(-1)}, "pricing.unit_price"),
        ({"discount": ("percent", Decimal(101))}, "pricing.discount_percent"),
        ({"discount": ("amount", Decimal("-1"))}, "pricing.discount_amount"),
        ({"discount": ("amount", Decimal("49.96"))}, "pricing.discount_amount"),
    ],
)
def test_wrong_values_change_nothing(values, code):
    s = shop()
    order = factories.draft(employee=s.admin, branch=s.branch, items=[(s.wit40, 1)])
    before = stored(order)
    with pytest.raises(Refusal) as refused:
        set_line(order, order.all_lines[0], s.admin, **values)
    assert refused.value.code == code
    assert stored(order) == before


def test_an_article_in_fractions_sells_by_the_half():
    s = shop()
    cloth = factories.article("70001", "Voering", "10.00", fractions=True).variants.get()
    order = factories.draft(employee=s.office, items=[(cloth, 1)])
    order = set_line(order, order.all_lines[0], s.office, quantity=Decimal("1.255"))
    assert order.gross.amount == Decimal("12.55")


def test_a_stale_line_shows_both_values():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    set_line(order, line, s.manager, revision=1, quantity=Decimal(4))
    with pytest.raises(Stale) as stale:
        set_line(order, line, s.office, revision=1, quantity=Decimal(2), discount=("percent", Decimal(5)))
    assert stale.value.who == "Joris van Dam"
    assert stale.value.fields == [("Aantal", "4", "2"), ("Korting", "0\u00a0%", "5\u00a0%")]
    assert pieces(order) == [("Wit 40", 4)]


def test_ceilings_and_the_override_with_a_reason():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    set_line(order, line, s.seller, discount=("percent", Decimal(10)))
    with pytest.raises(Refusal) as refused:
        set_line(order, line, s.seller, discount=("percent", Decimal(11)), reason="vaste klant")
    assert (refused.value.code, refused.value.field) == ("price.ceiling", "discount")
    with pytest.raises(Refusal):
        set_line(order, line, s.seller, price=Decimal("40.00"))
    set_line(order, line, s.manager, discount=("percent", Decimal(30)))
    assert JournalEntry.objects.count() == 0
    with pytest.raises(Refusal) as refused:
        set_line(order, line, s.manager, discount=("percent", Decimal(31)))
    assert (refused.value.code, refused.value.field) == ("price.reason", "reason")
    order = set_line(order, line, s.manager, discount=("percent", Decimal(50)), reason="beschadigd")
    assert order.gross.amount == Decimal("24.98")
    line = order.lines.get()
    assert (line.override_by, line.override_reason) == (s.manager, "beschadigd")
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.employee) == ("sales.price_overridden", s.manager)
    assert entry.data["lines"] == [{"line": str(line.key), "off_percent": "50.0", "reason": "beschadigd"}]


def test_ten_percent_that_rounds_down_is_still_ten_percent():
    s = shop()
    pen = factories.article("1", "Sokkenlabel", "0.99").variants.get()
    order = factories.draft(employee=s.seller, items=[(pen, 1)])
    order = set_line(order, order.all_lines[0], s.seller, discount=("percent", Decimal(10)))
    assert order.gross.amount == Decimal("0.89")


def test_giving_away_asks_a_reason_of_everybody():
    s = shop()
    order = factories.draft(employee=s.admin, branch=s.branch, items=[(s.wit40, 1)])
    with pytest.raises(Refusal) as refused:
        set_line(order, order.all_lines[0], s.admin, price=Decimal(0))
    assert refused.value.code == "price.reason"
    order = set_line(order, order.all_lines[0], s.admin, price=Decimal(0), reason="proefmodel")
    assert order.gross.amount == Decimal(0)


def test_a_seller_may_still_write_a_text_on_what_a_manager_allowed():
    s = shop()
    order = factories.draft(employee=s.manager, items=[(s.wit40, 2)])
    line = order.all_lines[0]
    set_line(order, line, s.manager, discount=("percent", Decimal(25)))
    order = set_line(order, line, s.seller, text="mouwen korter")
    assert order.lines.get().text == "mouwen korter"
    with pytest.raises(Refusal):
        lines.copy(order_id=order.pk, line_id=line.pk, employee=s.seller)
    assert order.lines.count() == 1


def test_euros_off_a_line_count_again_when_there_are_fewer_pieces():
    s = shop()
    order = factories.draft(employee=s.manager, items=[(s.wit40, 4)])
    line = order.all_lines[0]
    set_line(order, line, s.manager, discount=("amount", Decimal(80)), reason="partij")
    with pytest.raises(Refusal):
        set_line(order, line, s.seller, quantity=Decimal(2))
    assert pieces(order) == [("Wit 40", 4)]


def test_a_price_in_an_exclusive_order_is_an_exclusive_price():
    s = shop()
    order = factories.draft(employee=s.admin, branch=s.branch, items=[(s.wit40, 2)])
    drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=s.admin)
    order = set_line(order, order.all_lines[0], s.admin, price=Decimal("40.00"))
    assert (order.net.amount, order.vat.amount, order.gross.amount) == (Decimal(80), Decimal("16.80"), Decimal("96.80"))
    order = drafts.set_vat_mode(order_id=order.pk, vat_mode="inclusive", employee=s.admin)
    assert (order.lines.get().unit_price.amount, order.gross.amount) == (Decimal("48.4000"), Decimal("96.80"))


def test_a_text_line_has_no_price_and_no_vat_row():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    order = lines.add_text(order_id=order.pk, text="Graag inpakken", employee=s.office)
    text = order.all_lines[1]
    assert [row.percent for row in order.totals.vat_rows] == [Decimal(21)]
    five = ("percent", Decimal(5))
    for values in ({"price": Decimal(5)}, {"quantity": Decimal(2)}, {"discount": five}, {"text": ""}):
        with pytest.raises(Refusal):
            set_line(order, text, s.office, **values)
    with pytest.raises(Refusal):
        lines.add_text(order_id=order.pk, text="", employee=s.office)
    assert pieces(order) == [("Wit 40", 1), ("Graag inpakken", 1)]


def test_euros_off_in_an_exclusive_order_are_exclusive_euros():
    s = shop()
    coat = factories.article("70001", "Jas", "121.00").variants.get()
    order = factories.draft(employee=s.admin, branch=s.branch, items=[(coat, 1)])
    drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=s.admin)
    order = set_line(order, order.all_lines[0], s.admin, discount=("amount", Decimal(10)))
    assert (order.net.amount, order.gross.amount) == (Decimal(90), Decimal("108.90"))  # 100 - 10, with 21 %
    order = drafts.set_vat_mode(order_id=order.pk, vat_mode="inclusive", employee=s.admin)
    assert order.gross.amount == Decimal("108.90")
    # the same figure typed again in the other mode is another discount: 121.00 - 10.00
    order = set_line(order, order.all_lines[0], s.admin, discount=("amount", Decimal(10)))
    assert order.gross.amount == Decimal("111.00")


def test_a_copy_stands_right_below_its_line():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1), (s.riem, 2)])
    first, last = order.all_lines
    lines.copy(order_id=order.pk, line_id=first.pk, employee=s.office)
    assert pieces(order) == [("Wit 40", 1), ("Wit 40", 1), ("Riem Tuig", 2)]
    now = list(order.lines.order_by("position").values_list("pk", flat=True))
    assert (now[0], now[2]) == (first.pk, last.pk)


def test_move_copy_delete_and_undo():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1), (s.wit42, 2), (s.navy40, 3)])
    first, second, third = order.all_lines
    set_line(order, second, s.office, text="met zakje", discount=("percent", Decimal(5)))
    lines.move(order_id=order.pk, line_id=third.pk, steps=-1, employee=s.office)
    assert pieces(order) == [("Wit 40", 1), ("Navy 40", 3), ("Wit 42", 2)]
    lines.move(order_id=order.pk, line_id=third.pk, steps=-5, employee=s.office)
    lines.move(order_id=order.pk, line_id=third.pk, steps=-1, employee=s.office)
    assert pieces(order) == [("Navy 40", 3), ("Wit 40", 1), ("Wit 42", 2)]
    lines.move(order_id=order.pk, line_id=third.pk, steps=1, employee=s.office)
    lines.copy(order_id=order.pk, line_id=first.pk, employee=s.office)
    assert pieces(order) == [("Wit 40", 1), ("Wit 40", 1), ("Navy 40", 3), ("Wit 42", 2)]
    before = stored(order)
    gone = lines.delete(order_id=order.pk, line_ids=[second.pk, first.pk], employee=s.office)
    assert pieces(order) == [("Wit 40", 1), ("Navy 40", 3)]
    lines.restore(order_id=order.pk, packed=gone.deleted, employee=s.office)
    lines.restore(order_id=order.pk, packed=gone.deleted, employee=s.office)
    assert stored(order) == before
    back = OrderLine.objects.get(order=order, key=second.key)
    assert (back.text, back.discount_percent, back.list_price.amount) == ("met zakje", Decimal(5), Decimal("49.95"))
    assert [line.position for line in order.lines.order_by("position")] == [1, 2, 3, 4]


def test_a_line_that_is_gone_is_named():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    lines.delete(order_id=order.pk, line_ids=[line.pk], employee=s.office)
    for attempt in (
        lambda: set_line(order, line, s.office, quantity=Decimal(2)),
        lambda: lines.delete(order_id=order.pk, line_ids=[line.pk], employee=s.office),
        lambda: lines.copy(order_id=order.pk, line_id=line.pk, employee=s.office),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "line.gone"


def test_an_order_has_at_most_a_thousand_lines(monkeypatch):
    s = shop()
    monkeypatch.setattr("sales.services.editing.MAX_LINES", 2)
    order = factories.draft(employee=s.office, items=[(s.wit40, 1), (s.wit42, 1)])
    with pytest.raises(Refusal) as refused:
        lines.scan(order_id=order.pk, code=factories.code_of(s.navy40), employee=s.office)
    assert refused.value.code == "order.too_long"
    assert len(pieces(order)) == 2
