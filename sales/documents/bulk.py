"""What is done with every ticked order of the list: each on its own, with a result per row."""

import uuid
from collections.abc import Callable, Iterable

from django.http import QueryDict

from backoffice.core.errors import Refusal
from backoffice.relations.rights import scoped
from sales.documents.reading import MAX_MANY
from sales.models import SalesOrder


def ids(values: QueryDict) -> list[int]:
    """The ticked orders, of a form or a URL; what is no number is no order."""
    asked = values.getlist("order")
    return [int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 18][:MAX_MANY]


def ticked(request, right: str) -> Iterable[SalesOrder]:
    """The ticked orders in the branches where the right is held, in the order of their dates."""
    found = scoped(SalesOrder.objects.filter(pk__in=ids(request.POST)), request.user, right)
    return found.select_related("branch", "employee", "customer").order_by("order_date", "pk")


def each(request, right: str, action: str, key: uuid.UUID, service: Callable[..., object], orders=None) -> list[dict]:
    """Call the service for every ticked order with a key of its own: [{"order", "error": a sentence or empty}].

    action: what makes these keys others than those of what else is done with the same list.
    """
    results = []
    for order in ticked(request, right) if orders is None else orders:
        error = ""
        try:
            service(order_id=order.pk, employee=request.user, key=uuid.uuid5(key, f"{action} {order.pk}"))
        except Refusal as refusal:
            error = refusal.message
        results.append({"order": order, "error": error})
    return results


def told(results: list[dict], verb: str, failed: str) -> dict:
    """What documents/_results.html shows: verb ("is afgedrukt") after what went well, failed before what did not."""
    return {
        "results": results,
        "verb": verb,
        "failed": failed,
        "all_good": not any(result["error"] for result in results),
    }
