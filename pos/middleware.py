"""Who acts at a till: the cashier on its seat, known by the browser's registration and a PIN code, and nobody else.

A view of the till says so with @at_till("right"). It never sees the login that opened POS in the backoffice, and
the cookie that it goes by is sent to /kassa/ only, so that no PIN code opens anything else (design.md decision 13).
"""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from backoffice.relations.rights import right
from pos import selectors
from pos.models import TillSeat

COOKIE = "till_device"
SEEN_STEP = timedelta(seconds=20)  # how often it is written that somebody is there


def at_till(name: str, *, polled: bool = False):
    """A view of the till screen: needs a registered browser, a cashier, and the right at the till's branch.

    polled: asked all day by every till, so that the branch is read only where the view wants to know it.
    """

    def mark(view):
        view.till, view.polled = "cashier", polled
        return right(name)(view)

    return mark


def at_device(view):
    """A view of the locked till: needs a registered browser only."""
    view.till = "device"
    return right("public")(view)


class TillMiddleware:
    """Gives request.till, and makes its cashier request.user for the views of the till."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        needs = getattr(view, "till", None)
        if needs is None:
            return None
        till = selectors.till_at(request.COOKIES.get(COOKIE, ""), polled=getattr(view, "polled", False))
        if till is None:
            return _go(request, "pos:start")
        request.till = till
        if needs == "device":
            return None
        if till.cashier is None:
            return _go(request, "pos:unlock")
        request.user = till.cashier
        if (
            request.method == "POST"
            and till.seat.seen_at is not None
            and till.seat.seen_at < timezone.now() - SEEN_STEP
        ):
            TillSeat.objects.filter(pk=till.pk, employee=till.cashier).update(seen_at=timezone.now())
        return None


def _go(request, name: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = resolve_url(name)
        return response
    return redirect(name)
