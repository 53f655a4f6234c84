"""What a till reads."""

import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Case, Count, DecimalField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.utils import timezone

from backoffice.catalog.models import StockLevel, Variant
from backoffice.core.db.spelled import Spelled
from backoffice.core.models import JournalHead
from backoffice.core.paging import COUNTED
from backoffice.relations.models import Customer, Employee, Till
from backoffice.relations.rights import EVERY_BRANCH, RIGHTS, access_of, give_access, roles_along
from backoffice.relations.services.devices import Token
from payments.models import LedgerEntry
from payments.selectors import day_of
from pos.models import QuickKey, QuickKeyPage, Receipt, TillSeat
from sales.models import DeliveryMethod, OrderLine, SalesOrder
from sales.selectors import LATER_RATES
from sales.services.amending import open_amendments
from sales.status import LIVE


def till_at(token: Token | None, *, polled: bool = False) -> Till | None:
    """The till of the registration of this token, with its seat and who sits there; one statement.

    What the token itself is worth is another question (devices.standing).

    Unless it only polls, with its branch, with `lies`, the lifecycle of what lies on its counter, and with `day`, that
    of its open session (None while it is closed).
    `till.cashier` is the employee, None while the till is locked: by hand, by nobody's touch for too long
    (settings.TILL_IDLE_SECONDS), because the browser changed, or because the employee left or
    may not work here any more.
    """
    if token is None:
        return None
    till = next(iter((_polling if polled else _working)(token.hash)), None)
    if till is None:
        return None
    seat: TillSeat | None = getattr(till, "seat", None)
    if seat is not None and seat.employee is not None:
        give_access(seat.employee, till.held)
    till.cashier = seated(seat, till)
    return till


@Spelled
def _polling(device: str) -> QuerySet[Till]:
    tills = Till.objects.select_related("seat__employee").annotate(held=roles_along("seat__employee"))
    return tills.filter(device_token_hash=device, active=True).order_by()


@Spelled
def _working(device: str) -> QuerySet[Till]:
    tills = Till.objects.select_related("seat__employee", "branch")
    tills = tills.annotate(
        held=roles_along("seat__employee"), lies=F("seat__order__lifecycle"), day=day_of(OuterRef("pk"))
    )
    return tills.filter(device_token_hash=device, active=True).order_by()


def seated(seat: TillSeat | None, till: Till) -> Employee | None:
    """Who sits there awake, at the browser that is the till, and may work at its branch."""
    if seat is None or seat.employee is None or seat.device_hash != till.device_token_hash:
        return None
    awake = seat.seen_at and seat.seen_at > timezone.now() - timedelta(seconds=settings.TILL_IDLE_SECONDS)
    # somebody inactive holds no right
    return seat.employee if awake and access_of(seat.employee).can("pos.use", till.branch_id) else None


def cashiers(till: Till) -> list[Employee]:
    """Who may unlock the till: the right pos.use at its branch, and a PIN code."""
    here = Q(roles__branch=till.branch_id) | Q(roles__branch=None) | Q(roles__role__in=EVERY_BRANCH)
    people = Employee.objects.filter(here, active=True, roles__role__in=RIGHTS["pos.use"]).exclude(pin_hash="")
    return list(people.distinct().order_by("sort_key", "pk"))


def order_at(till: Till) -> SalesOrder | None:
    """What lies on the counter: the basket, an opened order, or its amendment as long as that is open."""
    seat: TillSeat | None = getattr(till, "seat", None)
    if seat is None or seat.order_id is None:
        return None
    (order,) = _on_counter(seat.order_id)
    return order.amends if order.amends_id and order.lifecycle == SalesOrder.Lifecycle.DISCARDED else order


@Spelled
def _on_counter(order_id: int) -> QuerySet[SalesOrder]:
    shown = ("branch", "customer", "order_type", "delivery_method")
    orders = SalesOrder.objects.select_related(*shown, *(f"amends__{name}" for name in shown))
    orders = orders.annotate(later_rates=LATER_RATES)
    return orders.filter(pk=order_id).order_by()


def changeable(till: Till) -> bool:
    """Whether a draft lies on the counter: a basket, or an open amendment."""
    return getattr(till, "lies", None) == SalesOrder.Lifecycle.DRAFT


def order_or_blank(till: Till) -> SalesOrder:
    """What lies on the counter, or what stands for a basket that has not begun (it is not stored)."""
    day = getattr(till, "day", None) or timezone.localdate()
    return order_at(till) or SalesOrder(branch=till.branch, channel=SalesOrder.Channel.TILL, order_date=day)


RECENT_ORDERS = 60


def recent_customers(till: Till, most: int = 12) -> list[Customer]:
    """Whom the branch ordered for last, the latest first. Index: order_list_branch."""
    orders = SalesOrder.objects.filter(listed=True, branch=till.branch_id, customer__isnull=False)
    latest = orders.order_by("-order_date", "-id").values_list("customer", flat=True)[:RECENT_ORDERS]
    ids = list(dict.fromkeys(latest))[:most]
    found = Customer.objects.prefetch_related("addresses").in_bulk(ids)
    return [found[pk] for pk in ids]


def amendment_of(order: SalesOrder) -> SalesOrder | None:
    """The open amendment of an order, with who has it. Index: order_one_amendment."""
    return open_amendments(order.pk).select_related("claimed_by").first()


def parked(till: Till) -> list[SalesOrder]:
    """Bon in de wacht: the parked baskets of the branch, oldest first."""
    return list(
        SalesOrder.objects.filter(PARKED, branch=till.branch_id)
        .annotate(pieces=Sum("lines__quantity"))
        .select_related("employee", "till")
        .order_by("changed_at")
    )


PARKED = Q(channel=SalesOrder.Channel.TILL, lifecycle=SalesOrder.Lifecycle.DRAFT) & ~Q(parked_name="")


def parked_count(till: Till) -> int:
    return SalesOrder.objects.filter(PARKED, branch=till.branch_id).count()


ROWS, COLUMNS = 4, 5


def _free(till: Till) -> Case:
    """What is free of the article or variant of a quick key at the till's branch; None where no stock is kept.

    Variant by variant, by the key of its one stock row, however many rows the branch has (stock_level_once).
    """

    def of(variant: str) -> QuerySet:
        here = StockLevel.objects.filter(variant=OuterRef(variant), branch=till.branch_id)
        return here.values(left=F("on_hand") - F("reserved"))

    variants = Variant.objects.filter(article=OuterRef("article"), article__stocked=True).order_by()
    of_article = variants.annotate(left=Subquery(of("pk"))).values("article").annotate(sum=Sum("left")).values("sum")
    return Case(
        When(variant__article__stocked=True, then=Subquery(of("variant"))),
        default=Subquery(of_article),
    )


# the own price of the one variant that a quick key of an article sells; index: variant_once
ONLY_PRICE = Subquery(
    Variant.objects.filter(article=OuterRef("article"), article__matrix=False, active=True)
    .values("article")
    .annotate(number=Count("pk"), only=Min("own_price", output_field=DecimalField()))
    .filter(number=1)
    .values("only")
)


def pages(till: Till) -> list[QuickKeyPage]:
    """The pages of quick keys of the till, by name alone: a page is read when it is shown."""
    return list(QuickKeyPage.objects.filter(layout__tills=till).order_by("position", "id"))


def page_of(till: Till, page_id: int) -> QuickKeyPage | None:
    """A page of quick keys of the till."""
    return QuickKeyPage.objects.filter(layout__tills=till, pk=page_id).first()


def with_stock(page: QuickKeyPage, till: Till) -> QuickKeyPage:
    """The page with its keys, and what is free of each at the till's branch. One statement."""
    return _with_places(page, QuickKey.objects.annotate(left=_free(till)))


def with_keys(page: QuickKeyPage) -> QuickKeyPage:
    """The page with its keys, to be edited. One statement."""
    return _with_places(page, QuickKey.objects.all())


def _with_places(page: QuickKeyPage, keys) -> QuickKeyPage:
    """The page with its 20 `places`, None where there is no key. Index: quick_key_place_once."""
    page.places = [None] * (ROWS * COLUMNS)
    goods = ("article", "variant__article", "variant__colour", "variant__size")
    for key in keys.filter(page=page).annotate(own_price=ONLY_PRICE).select_related(*goods):
        key.here = getattr(key, "left", None)
        page.places[key.row * COLUMNS + key.column] = key
    return page


QUEUE_SHOWN = 60
# orders that wait for something at a branch; index: order_queue
WAITING = Q(listed=True, lifecycle=SalesOrder.Lifecycle.CONFIRMED, status__in=LIVE)


AGES = 300  # seconds after which a queue where nothing happened is drawn anew, for the ages of its orders


def queue_version(branch_id: int) -> str:
    """Changes with everything that happens to an order at the branch, as the journal's last number does; and with time.

    What a poll of an unchanged queue costs: one row, by its key.
    """
    last = JournalHead.objects.filter(pk=branch_id).values_list("sequence", flat=True).first() or 0
    return f"{last}.{int(time.time() / AGES)}"


@dataclass(frozen=True)
class QueueFilters:
    """What of the queue is shown: wijze (pickup, delivery), betaling (a payment state), nu (due today or late)."""

    kind: str = ""
    payment: str = ""
    due: bool = False

    @classmethod
    def read(cls, query) -> "QueueFilters":
        kind, payment = query.get("wijze", ""), query.get("betaling", "")
        return cls(
            kind if kind in DeliveryMethod.Kind.values else "",
            payment if payment in SalesOrder.PaymentState.values else "",
            query.get("nu") == "1",
        )

    def query(self, **changed) -> str:
        """As it stands in the URL, or with something else."""
        values = {"wijze": self.kind, "betaling": self.payment, "nu": "1" if self.due else ""} | changed
        return urlencode({name: value for name, value in values.items() if value})

    def of(self, orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
        if self.kind:
            orders = orders.filter(delivery_method__kind=self.kind)
        if self.payment:
            orders = orders.filter(payment_state=self.payment)
        return orders.filter(expected_delivery_date__lte=timezone.localdate()) if self.due else orders


def queue(till: Till, filters: QueueFilters) -> list[SalesOrder]:
    """Orderwachtrij: the orders of the branch that are still to deliver or to pay, the longest waiting first."""
    pieces = OrderLine.objects.filter(order=OuterRef("pk"), variant__isnull=False).order_by().values("order")
    orders = filters.of(_waiting(till))
    orders = orders.annotate(pieces=Subquery(pieces.annotate(sum=Sum("quantity")).values("sum")))
    return list(orders.select_related("delivery_method", "claimed_till", "claimed_by")[:QUEUE_SHOWN])


def _waiting(till: Till) -> QuerySet[SalesOrder]:
    """What waits at the branch in the order of its index (order_queue), so that the first of many are read by it."""
    return SalesOrder.objects.filter(WAITING, branch=till.branch_id).order_by("confirmed_at", "pk")


def queue_counts(till: Till) -> dict[str, int]:
    """How many wait, per kind of Leverwijze: {"": all, "pickup": …, "delivery": …}.

    A long queue is never counted: of more than COUNTED it says that there are more, {"": COUNTED + 1}. Index:
    order_queue.
    """
    kinds = {kind: Count("pk", filter=Q(kind=kind)) for kind in DeliveryMethod.Kind.values}
    found = _waiting(till).annotate(kind=F("delivery_method__kind"))[: COUNTED + 1].aggregate(all=Count("pk"), **kinds)
    number = found.pop("all")
    return {"": number, **(found if number <= COUNTED else {})}


def counts(till: Till) -> dict[str, int | str]:
    """What stands on the buttons of the bar, and the version of the queue that it goes with."""
    version = queue_version(till.branch_id)
    return {"version": version, "waiting": _waiting(till)[:COUNTED].count(), "parked": parked_count(till)}


# what stands beside a receipt: where it is printed, and how its order is doing now
RECEIPT = ("till__branch", "order")


def receipt_at(till: Till, receipt_id: int) -> Receipt | None:
    """A receipt of the till's branch."""
    receipts = Receipt.objects.select_related(*RECEIPT)
    return receipts.filter(pk=receipt_id, till__branch=till.branch_id).first()


def paid_before(receipt: Receipt) -> list[LedgerEntry]:
    """What was booked on the order of a receipt that is being written, but for what it is of. Index: entry_of_order."""
    return [entry for entry in _entries(receipt.order_id) if entry.group != receipt.entry_group]


@Spelled
def _entries(order_id: int) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(order=order_id).select_related("method").order_by("pk")


def paper(number: str) -> tuple[str, int] | None:
    """What the receipt with this number is called, and its order, for the search everywhere. Index: unique."""
    receipt = Receipt.objects.filter(number=number).first()
    return (f"{receipt.get_kind_display()} {receipt.number}", receipt.order_id) if receipt else None


def sold_under(code: str) -> int | None:
    """The order that a receipt with this number is of, else the one with this number. Indexes: both unique."""
    code = code.strip().upper()
    receipt = Receipt.objects.filter(number=code).values_list("order", flat=True).first()
    return receipt or SalesOrder.objects.filter(number=code).exclude(number="").values_list("pk", flat=True).first()
