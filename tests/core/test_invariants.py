"""What always holds: each invariant is broken by hand, as only the owner of the database can, and is reported."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backoffice.core import invariants
from backoffice.core.db.roles import as_owner
from backoffice.core.models import InvariantRun
from sales.documents.services import packing
from sales.models import SalesOrder
from sales.services import amending, cancelling, drafts
from tests import factories
from tests.invariants import broken, holds
from tests.sales.living import confirmed, hand_over, line_of
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db(transaction=True)


def lived() -> SalesOrder:
    """An order that was amended, partly delivered and partly cancelled, and a second one on a packing slip."""
    s = shop()
    order, other = confirmed(s, items=[(s.wit40, 6), (s.inkorten, 2)]), confirmed(s, items=[(s.riem, 2)])
    packing.create_slip(order_id=other.pk, quantities={line_of(other, s.riem).pk: Decimal(1)}, employee=s.office)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    drafts.set_header(order_id=amendment.pk, revision=None, values={"subject": "Spoed"}, employee=s.office)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    hand_over(order, s.wit40, 2, s.office)
    cancelling.cancel(order_id=order.pk, employee=s.office, quantities={line_of(order, s.wit40).pk: Decimal(1)})
    return SalesOrder.objects.get(pk=order.pk)


def by_hand(sql: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET toonbank.owner_override = 'on'")
        cursor.execute(sql)


BROKEN = [
    (1, "UPDATE sales_orderline SET line_total = line_total + 1 WHERE id = {line}", "lines "),
    (1, "UPDATE sales_salesorder SET net = net + 1, gross = gross + 1 WHERE id = {order}", "gross "),
    (1, "UPDATE sales_ordervat SET net = net + 1, vat = vat - 1 WHERE order_id = {order}", "VAT rows"),
    (6, "UPDATE catalog_stocklevel SET reserved = reserved + 1 WHERE variant_id = {variant}", "reserved "),
    (7, "UPDATE catalog_stocklevel SET on_hand = on_hand + 1 WHERE variant_id = {variant}", "on hand "),
    (7, "UPDATE sales_orderline SET delivered_quantity = 3 WHERE id = {line}", "delivered 3"),
    (7, "UPDATE sales_orderline SET returned_quantity = 1 WHERE id = {line}", "returned 1.000, came back 0"),
    (8, "UPDATE core_numberseries SET next_value = 9 WHERE kind = 'VO'", "the series gave 8"),
    (8, "UPDATE sales_salesorder SET number = 'VO-2026-00099' WHERE id = {order}", "was given VO-"),
    (8, "UPDATE core_numberseries SET next_value = 9 WHERE kind = 'PB'", "the series gave 8"),
    (9, "UPDATE sales_salesorder SET version = 7 WHERE id = {order}", "version 7, 3 rows"),
    (9, "DELETE FROM core_journalentry WHERE version = 2", "version 2 has no journal row"),
    (10, "UPDATE core_journalentry SET data = '{{}}' WHERE version = 2", "was changed after it was written"),
    (12, "UPDATE sales_salesorder SET status = 'open' WHERE id = {order}", "status open, should be part_delivered"),
    (12, "UPDATE sales_salesorder SET payment_state = 'paid' WHERE id = {order}", "payment_state paid"),
    (
        15,
        "UPDATE sales_delivery SET order_id = (SELECT max(id) FROM sales_salesorder) WHERE order_id = {order}",
        "takes",
    ),
    (
        16,
        "INSERT INTO core_outboxmessage (kind, dedupe_key, payload, status, attempts, next_attempt_at, last_error,"
        " created_at) VALUES ('mail', 'k', '{{}}', 'waiting', 0, now() - interval '2 days', '', now())",
        "has been due",
    ),
]


@pytest.mark.parametrize(("number", "sql", "said"), BROKEN, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(BROKEN)])
def test_each_is_reported_when_it_is_broken(number, sql, said):
    order = lived()
    line = order.lines.get(variant__article__number="48211")
    holds()
    by_hand(sql.format(order=order.pk, line=line.pk, variant=line.variant_id))
    found = broken(number)
    assert any(said in text for text in found), found
    assert all(text.startswith(f"{number} ") for text in found)


def test_the_command_says_how_it_is_and_looks_at_what_changed_since_it_was_well(capsys):
    order = lived()
    call_command("invariants")
    assert capsys.readouterr().out == f"{len(invariants.REGISTRY)} invariants hold.\n"
    long_ago = "changed_at = now() - interval '30 days', changed_by_id = changed_by_id"
    by_hand(f"UPDATE sales_salesorder SET status = 'open', {long_ago} WHERE id = {order.pk}")
    call_command("invariants")  # it did not change lately: the nightly run finds it
    with pytest.raises(CommandError) as refused:
        call_command("invariants", "--full")
    assert refused.value.returncode == 1
    said = capsys.readouterr().out
    assert "12 the stored status axes equal those derived from the lines: VO-2026-00001: status open" in said
    assert list(InvariantRun.objects.order_by("at").values_list("full", "breaches")) == [
        (True, 0), (False, 0), (True, 1),
    ]  # fmt: skip
    by_hand(f"UPDATE sales_salesorder SET changed_at = now() WHERE id = {order.pk}")
    with pytest.raises(CommandError):
        call_command("invariants")


def test_a_shop_without_anything_is_well():
    factories.branch()
    holds()
