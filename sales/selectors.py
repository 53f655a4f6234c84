"""What the order screen reads. Everything that a line shows stands on the line itself: no reads per line."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Sum
from django.http import Http404
from django.utils import timezone

from backoffice.catalog.models import Article, VatRate
from backoffice.catalog.selectors import exact_ids
from backoffice.core import search
from backoffice.core.db.spelled import Spelled
from backoffice.relations.models import Customer
from backoffice.relations.rights import access_of, scoped
from sales import status
from sales.line_pages import LinePage
from sales.models import OrderLine, SalesOrder

SHOWN = ("branch", "order_type", "customer", "delivery_method", "employee", "amends")


# whether a VAT rate begins after the date of an order: only then may a line take another one when it is delivered
LATER_RATES = Exists(VatRate.objects.filter(valid_from__gt=OuterRef("order_date")))


def day_of_rates(order: SalesOrder, on: date | None = None) -> date:
    """The day whose VAT rates an article takes that is added to the order now.

    on: the day of the till's session, where it is added at a till. A basket has that day as its own. At the desk it is
    today; an order that is dated ahead has the rates of its date.
    """
    if on is not None:
        return on
    basket = order.channel == SalesOrder.Channel.TILL and order.amends_id is None
    return order.order_date if basket else max(order.order_date, timezone.localdate())


def shown_order(request, order_id: int, *, discarded: bool = False) -> SalesOrder:
    """The order, with what its screen shows, in the branches of who asks. Raises Http404.

    discarded: also one that was dropped or applied, whose form may be sent a second time.
    """
    return _visible(request, _shown(order_id), discarded=discarded)


@Spelled
def _shown(order_id: int):
    return SalesOrder.objects.select_related(*SHOWN).filter(pk=order_id).order_by()


def _visible(request, found: list[SalesOrder], *, discarded: bool = False) -> SalesOrder:
    """The order that was found, where who asks may see it. Raises Http404."""
    for order in found:
        dropped = order.lifecycle == SalesOrder.Lifecycle.DISCARDED
        if access_of(request.user).can("sales.view", order.branch_id) and (discarded or not dropped):
            return order
    raise Http404


def whole_order(request, order_id: int) -> SalesOrder:
    """The order for its page: with the offerte or order it came from or became, and who is amending it (amended_by)."""
    order = _visible(request, _whole(order_id))
    order.amended_by = None
    if order.number and status.allowed(order, "amend"):
        open_one = SalesOrder.objects.filter(amends=order, lifecycle=SalesOrder.Lifecycle.DRAFT)
        order.amended_by = open_one.select_related("claimed_by").first()
    return order


@Spelled
def _whole(order_id: int):
    orders = SalesOrder.objects.select_related(*SHOWN, "claimed_by", "converted_to", "converted_from")
    return orders.filter(pk=order_id).order_by()


def amended_order(request, order_id: int) -> int | None:
    """The order that this amendment (open, applied or dropped) belongs to; None where it is no amendment.

    Raises Http404.
    """
    return _visible(request, _bare(order_id), discarded=True).amends_id


@Spelled
def _bare(order_id: int):
    return SalesOrder.objects.filter(pk=order_id).order_by()


def lines_of(order: SalesOrder) -> list[OrderLine]:
    """All lines in order: those that a service just left in memory, else read."""
    if not hasattr(order, "all_lines"):
        order.all_lines = list(order.lines.order_by("position"))
        for line in order.all_lines:
            line.order = order
    return order.all_lines


@dataclass
class Group:
    """Consecutive lines of one colour/size article, or one other line alone (then without a head)."""

    head: bool
    lines: list[OrderLine] = field(default_factory=list)
    drawn: list[OrderLine] = field(default_factory=list)  # those on the page; head and totals are of all of them

    @property
    def first(self) -> OrderLine:
        return self.lines[0]

    @property
    def key(self) -> int:
        return self.lines[0].pk

    @property
    def quantity(self) -> Decimal:
        return sum((line.quantity for line in self.lines), Decimal(0))

    @property
    def delivered(self) -> Decimal:
        return sum((line.delivered_quantity for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((line.line_total.amount for line in self.lines), Decimal(0))


def grouped(lines) -> list[Group]:
    """The lines as the grid shows them; each line gets its `number` on the screen."""
    groups: list[Group] = []
    for number, line in enumerate(lines, 1):
        line.number = number
        last = groups[-1] if groups else None
        if not (line.matrix and last and last.head and last.first.article_number == line.article_number):
            groups.append(Group(head=line.matrix))
        groups[-1].lines.append(line)
    return groups


def on_page(groups: list[Group], page: LinePage) -> list[Group]:
    """The groups that have lines on the page, each with those `drawn`."""
    for group in groups:
        group.drawn = [line for line in group.lines if page.first <= line.number <= page.last]
    return [group for group in groups if group.drawn]


@dataclass(frozen=True)
class Figures:
    """What the foot shows; EUR. subtotal and discount in the order's VAT mode."""

    rows: list
    subtotal: Decimal
    discount: Decimal


def figures(order: SalesOrder) -> Figures:
    """VAT rows and the order discount: from what a service just computed, else from what is stored."""
    totals = getattr(order, "totals", None)
    if totals is not None:
        return Figures(totals.vat_rows, totals.subtotal, totals.order_discount)
    subtotal = sum((line.line_total.amount for line in lines_of(order)), Decimal(0))
    after = order.gross.amount if order.vat_mode == "inclusive" else order.net.amount
    return Figures(list(order.vat_rows.all()), subtotal, subtotal - after)


def article_options(text: str, limit: int = 12) -> list[Article]:
    """Articles for search as you type: the exact number or barcode first, then every word, then what resembles it.

    Index: barcode.code and article.number unique, article_search (trigram).
    """
    sellable = Article.objects.filter(active=True).prefetch_related("variants")
    text = text.strip()
    if not text:
        return list(sellable.order_by("sort_key", "id")[:limit])
    found = list(sellable.filter(pk__in=exact_ids(text))[:limit])
    if found:
        return found
    return list(search.matching(sellable, text).order_by("sort_key", "id")[:limit]) or list(
        search.resembling(sellable, text)[:limit]
    )


def open_amount_of(customer: Customer, employee) -> Decimal:
    """What the customer still has to pay on confirmed orders, in the branches of the employee, EUR.

    Index: order_of_customer.
    """
    open_orders = customer.orders.filter(lifecycle=SalesOrder.Lifecycle.CONFIRMED, quotation=False)
    left = scoped(open_orders, employee, "sales.view").aggregate(
        left=Sum(F("gross") - F("paid_total"), output_field=DecimalField())
    )["left"]
    return left or Decimal(0)


def last_orders_of(customer: Customer, but: SalesOrder, employee) -> list[SalesOrder]:
    """The newest five other orders of the customer, in the branches of the employee. Index: order_of_customer."""
    orders = scoped(
        customer.orders.exclude(pk__in=[but.pk, but.amends_id or but.pk]).filter(number__gt=""), employee, "sales.view"
    )
    return list(orders.order_by("-order_date", "-id")[:5])


def by_code(request, code: str) -> SalesOrder | Customer | None:
    """The order with this number, in capitals or not, or the customer with this card code ("D" and the number)."""
    if not (code and code.isprintable()):
        return None
    order = scoped(SalesOrder.objects.filter(number=code.upper()), request.user, "sales.view").first()
    if order is not None:
        return order
    number = code[1:] if code[:1] in ("D", "d") else ""
    if number.isascii() and number.isdigit() and len(number) < 10:
        return Customer.objects.filter(number=int(number)).first()
    return None
