"""The list Verkooporders: filters out of the URL, one indexed plan per list, keyset paging, sums apart."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core import days, paging, search
from backoffice.core.formats import format_date
from backoffice.core.input import InputError, parse_date
from backoffice.relations.models import Branch, Customer, Employee
from backoffice.relations.rights import scoped
from backoffice.relations.selectors import searchable
from sales import worklists
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.worklists import TO_DELIVER, WORKLISTS

Status = SalesOrder.Status
# something is left to deliver or to pay (docs/decisions.md, 3)
OPEN = (Status.OPEN, Status.PART_DELIVERED, Status.PART_CANCELLED, Status.DELIVERED)
# agreed, and not cancelled as a whole
CONFIRMED = (*OPEN, Status.SETTLED)
# sort key in the URL -> column; each has its index (SalesOrder.Meta.indexes)
SORTS = {"number": "number", "date": "order_date", "customer": "customer_sort", "due": "due_sort", "total": "gross"}
DEFAULT_SORT = "-date"
# filter in the URL -> (label, model, column)
CHOICES: dict[str, tuple[Any, Any, str]] = {
    "branch": (gettext_lazy("Filiaal"), Branch, "branch"),
    "customer": (gettext_lazy("Debiteur"), Customer, "customer"),
    "employee": (gettext_lazy("Medewerker"), Employee, "employee"),
    "order_type": (gettext_lazy("Soort"), OrderType, "order_type"),
    "delivery_method": (gettext_lazy("Leverwijze"), DeliveryMethod, "delivery_method"),
}
# what the columns of the list show; "currency" belongs to the amounts
SHOWN = (
    "number", "lifecycle", "status", "order_date", "customer_name", "subject", "expected_delivery_date",
    "payment_state", "quotation", "gross", "paid_total", "currency", "due_sort", "employee__name",
    "delivery_method__name", "amends",
)  # fmt: skip
NAMES = ("work", "status", "period", *CHOICES, "payment", "channel")


@dataclass(frozen=True)
class Filters:
    """What the URL asks, read forgivingly: what is no filter is no filter."""

    values: dict[str, str]
    text: str
    sort: str
    from_date: date | None = None
    to_date: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        asked = {name: str(query.get(name, "")) for name in NAMES}
        values = {name: value for name, value in asked.items() if value and _known(name, value)}
        sort = query.get("sort", DEFAULT_SORT)
        first, last = _date(query.get("from", "")), _date(query.get("to", ""))
        if first or last:
            values["period"] = _period(first, last)
        return cls(
            values,
            query.get("q", "").strip()[:80],
            sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
            first,
            last,
        )

    @property
    def field(self) -> str:
        return ("-" if self.sort.startswith("-") else "") + SORTS[self.sort.removeprefix("-")]


def _known(name: str, value: str) -> bool:
    if name in CHOICES:
        return value.isascii() and value.isdigit() and len(value) < 18
    return value in {choice for choice, _label in fixed(name)}


def fixed(name: str) -> list[tuple[str, str]]:
    """The choices of a filter that no table holds."""
    return {
        "work": [(name, str(worklist.label)) for name, worklist in WORKLISTS.items()],
        "status": [
            (Status.DRAFT.value, str(Status.DRAFT.label)),
            ("confirmed", _("Bevestigd")),
            *((choice.value, str(choice.label)) for choice in (Status.OPEN, *WORDS)),
        ],
        "payment": [(value, str(label)) for value, label in SalesOrder.PaymentState.choices],
        "channel": [("till", _("Kassa"))],
        "period": [],
    }[name]


# filters on status that stand for several
GROUPS = {Status.OPEN.value: OPEN, "confirmed": CONFIRMED}
WORDS = (
    Status.PART_DELIVERED, Status.DELIVERED, Status.PART_CANCELLED, Status.CANCELLED, Status.SETTLED, Status.QUOTATION,
)  # fmt: skip


def _date(text: str) -> date | None:
    try:
        return parse_date(text, years_back=None, years_ahead=None, lean=days.THIS_YEAR) if text else None
    except InputError:
        return None


def _period(first: date | None, last: date | None) -> str:
    if first and last:
        return _("%(first)s t/m %(last)s") % {"first": format_date(first), "last": format_date(last)}
    return _("vanaf %s") % format_date(first) if first else _("t/m %s") % format_date(last)


def matching(filters: Filters, employee) -> QuerySet:
    """The orders that the filters ask, in the branches of the employee.

    Indexes: order_list, order_list_branch, order_list_status, order_list_payment, order_of_customer by filter;
    order_to_deliver for worklists; order_search for text; order_by_* for the other sorts.
    """
    orders = scoped(SalesOrder.objects.all(), employee, "sales.view")
    if filters.values.get("channel") == "till":
        orders = orders.filter(channel=SalesOrder.Channel.TILL, lifecycle=SalesOrder.Lifecycle.CONFIRMED)
    else:
        orders = orders.filter(listed=True)
    for name, (_label, _model, column) in CHOICES.items():
        if name in filters.values:
            orders = orders.filter(**{f"{column}_id": int(filters.values[name])})
    status = filters.values.get("status")
    if status:
        orders = orders.filter(status__in=GROUPS.get(status, (status,)))
    if "work" in filters.values:
        orders = orders.filter(worklists.condition(filters.values["work"], timezone.localdate()))
    if "payment" in filters.values:
        orders = orders.filter(
            payment_state=filters.values["payment"], lifecycle=SalesOrder.Lifecycle.CONFIRMED, quotation=False
        )
    if filters.from_date:
        orders = orders.filter(order_date__gte=filters.from_date)
    if filters.to_date:
        orders = orders.filter(order_date__lte=filters.to_date)
    return having(orders, filters.text) if filters.text else orders


def having(orders: QuerySet, text: str) -> QuerySet:
    """The orders that hold every word typed; a phone number typed with spaces or dashes counts as one word too.

    Index: order_search (trigram).
    """
    found, phone = search.matching(orders, text), searchable(text)
    return found if phone == text.strip() else found | search.matching(orders, phone)


def page(filters: Filters, employee, *, after: int | None, before: int | None) -> paging.Page:
    """One page of the list, with what its columns show, in one statement (and one for the cursor's row)."""
    orders = matching(filters, employee).select_related("employee", "delivery_method").only(*SHOWN)
    return paging.keyset(orders, field=filters.field, after=after, before=before)


def late(order: SalesOrder, today: date) -> bool:
    return (
        order.status in TO_DELIVER and order.expected_delivery_date is not None and order.expected_delivery_date < today
    )


def sums(filters: Filters, employee) -> dict:
    """What stands above the list, fetched after it: all (up to 1.000), open, left to pay on those (EUR), and late."""
    orders = matching(filters, employee)
    late_ones = Q(status__in=TO_DELIVER, expected_delivery_date__lt=timezone.localdate())
    found = orders.filter(status__in=OPEN).aggregate(
        open=Count("pk"),
        left=Sum(F("gross") - F("paid_total"), output_field=DecimalField()),
        late=Count("pk", filter=late_ones),
    )
    return {"counted": paging.counted(orders), **found}


def options(name: str, employee, text: str = "") -> list[tuple[str, str]]:
    """The choices of one filter, read when its menu opens."""
    if name not in CHOICES:
        return fixed(name)
    model = CHOICES[name][1]
    rows = model.objects.all()
    if model is Branch:
        rows = scoped(rows, employee, "sales.view", "pk")
    if model is Customer:
        rows = search.matching(rows, searchable(text))
    return [(str(row.pk), str(row)) for row in rows[:20]]


def shown(name: str, value: str) -> str:
    """What a set filter says on its chip."""
    if name not in CHOICES:
        return dict(fixed(name)).get(value, value)
    row = CHOICES[name][1].objects.filter(pk=int(value)).first()
    return str(row) if row else _("onbekend")
