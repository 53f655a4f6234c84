"""The shop that the tests of payments share: the order shop with its methods, and orders of a known total."""

from decimal import Decimal
from types import SimpleNamespace

from django.db import connection

from payments.models import PaymentMethod
from payments.services import sessions
from sales.models import OrderType
from sales.services import confirming, drafts, lines
from tests import factories
from tests.sales import order_shop


def methods() -> SimpleNamespace:
    """Contant, Pin, Bank, iDEAL and Tegoed: cash and cards at the till, Bank and iDEAL at the desk."""
    rows = [
        ("contant", "Contant", "cash", False, True),
        ("pin", "Pin", "terminal", False, True),
        ("bank", "Bank", "bank", True, False),
        ("ideal", "iDEAL", "online", True, False),
        ("tegoed", "Tegoed", "credit", True, True),
    ]
    return SimpleNamespace(
        **{
            word: PaymentMethod.objects.update_or_create(
                name=name, defaults={"kind": kind, "at_desk": desk, "at_till": till, "position": place}
            )[0]
            for place, (word, name, kind, desk, till) in enumerate(rows)
        }
    )


def shop() -> SimpleNamespace:
    made = order_shop.shop()
    made.method = methods()
    made.till = factories.till(made.branch)
    return made


def order(s, *prices, vat_mode: str = "", discount=None, confirmed: bool = True, deposit_percent="0", **fields):
    """An order with a line per price: "41.33" at 21 %, ("12.50", "low") at another rate; confirmed."""
    draft = factories.draft(**{"employee": s.office, "branch": s.branch, "customer": s.customer} | fields)
    for price in prices:
        amount, code = price if isinstance(price, tuple) else (price, "high")
        article = factories.article(price=amount, vat_code=code, stocked=False)
        draft = lines.add(order_id=draft.pk, items=[(article.variants.get().pk, Decimal(1))], employee=s.office)
    if vat_mode:
        draft = drafts.set_vat_mode(order_id=draft.pk, vat_mode=vat_mode, reason="EU", employee=s.office)
    if discount:
        draft = drafts.set_discount(order_id=draft.pk, employee=s.admin, percent=Decimal(discount), reason="test")
    if Decimal(deposit_percent):
        OrderType.objects.filter(pk=draft.order_type_id).update(deposit_percent=Decimal(deposit_percent))
    if confirmed:
        draft = confirming.confirm(order_id=draft.pk, employee=s.office)
    draft.refresh_from_db()
    return draft


def session(s, float_amount="100.00", till=None):
    return sessions.open_session(till_id=(till or s.till).pk, float_amount=Decimal(float_amount), employee=s.seller)


def rows(order) -> list[tuple]:
    """The ledger of an order: [(kind, method, amount)]."""
    return [(e.kind, e.method_kind, e.amount.amount) for e in order.entries.order_by("id")]


def split(order) -> dict:
    """What is paid per rate: {percent: (net, vat, gross)}, as strings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percent, sum(net), sum(vat), sum(gross) FROM payments_entryvat v JOIN payments_ledgerentry e"
            " ON e.id = v.entry_id WHERE e.order_id = %s GROUP BY 1",
            [order.pk],
        )
        return {str(percent): tuple(map(str, amounts)) for percent, *amounts in cursor.fetchall()}


def owed(order) -> dict:
    """The VAT rows of an order: {percent: (net, vat, gross)}, as strings."""
    return {str(r.percent): (str(r.net.amount), str(r.vat.amount), str(r.gross.amount)) for r in order.vat_rows.all()}


def accounts(order=None) -> dict:
    """The balance of every account that has one: {account: EUR}; of one order's entries, or of all."""
    where = "WHERE e.order_id = %s" if order else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.account, sum(p.amount) FROM payments_posting p JOIN payments_ledgerentry e ON e.id = p.entry_id"
            f" {where} GROUP BY 1 HAVING sum(p.amount) <> 0",
            [order.pk] if order else [],
        )
        return {account: str(amount) for account, amount in cursor.fetchall()}
