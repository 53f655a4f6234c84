"""Orders are found by e-mail and phone of their customer as they are now: written anew when those change."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from backoffice.core import jobs
from backoffice.core.db import bulk
from backoffice.relations.models import Customer
from sales.models import SalesOrder
from sales.services.drafts import search_text

AT_ONCE = 200  # orders; more takes longer than somebody waits for a page (each has an index of all its words)
AT_A_TIME = 200  # that are held together
FOUND_BY = (
    "number", "customer_name", "subject", "reference", "customer_attention", "customer_email", "invoice_address",
    "delivery_address", "customer__email", "customer__phone", "search_text",
)  # fmt: skip


def follow_customers(customers: Sequence[Customer]) -> None:
    """Let the orders of these customers be found by what they are now: at once, or of many orders by the worker."""
    ids = [row.pk for row in customers]
    if _orders(ids).order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
        write(ids)
    else:
        jobs.defer("follow_customers", customer_ids=ids)  # with the change, or not at all


def write(customer_ids: list[int]) -> None:
    """Write what the orders of these customers are found by, so many in a transaction. Index: order_of_customer.

    A customer that changes again meanwhile has a job of its own after this one.
    """
    orders = _orders(customer_ids).select_related("customer").only(*FOUND_BY).order_by("pk")
    last = 0
    while True:
        with transaction.atomic():
            rows = list(orders.filter(pk__gt=last).select_for_update(of=("self",))[:AT_A_TIME])
            texts = [(row.pk, search_text(row)) for row in rows]
            differing = [pair for row, pair in zip(rows, texts, strict=True) if pair[1] != row.search_text]
            bulk.update(SalesOrder, ["search_text"], differing)
        if len(rows) < AT_A_TIME:
            return
        last = rows[-1].pk


def _orders(customer_ids: list[int]) -> QuerySet[SalesOrder]:
    return SalesOrder.objects.filter(bulk.any_of("customer_id", customer_ids))
