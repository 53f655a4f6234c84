"""Who acts at a till: the cashier on its seat, known by the browser's registration and a PIN code, and nobody else.

A view of the till says so with @at_till("right"). It never sees the login that opened POS in the backoffice, and
the cookie that it goes by is sent to /kassa/ only, so that no PIN code opens anything else (docs/decisions.md, 13).
A browser with a copied cookie is refused by itself: it asks a login, and the till goes on.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.relations.rights import right
from backoffice.relations.services import devices
from backoffice.relations.services.devices import Standing, Token
from pos import selectors
from pos.models import TillSeat

COOKIE = "till_device"
COOKIE_SECONDS = 400 * 24 * 3600  # browsers keep none for longer; it is renewed at each unlock
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


def of_backoffice(view):
    """A view behind a login that asks whether the browser is a till: request.here, None where it is not."""
    view.asks_here = True
    return view


def give_token(response: HttpResponse, token: Token | None) -> None:
    """Send the browser its token; nothing where there is none to send."""
    if token is not None:
        response.set_cookie(
            COOKIE, token.cookie, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE, path=reverse("pos:start"),
        )  # fmt: skip


class TillMiddleware:
    """Gives request.till, and makes its cashier request.user for the views of the till."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        needs, asks_here = getattr(view, "till", None), getattr(view, "asks_here", False)
        if needs is None and not asks_here:
            return None
        token = Token.read(request.COOKIES.get(COOKIE, ""))
        till = selectors.till_at(token, polled=getattr(view, "polled", False))
        copied = till is not None and token is not None and not _taken(till, token)
        if asks_here:
            request.here, request.token = (till, token) if till and not copied else (None, None)
            return None
        if copied:
            return _refuse_copy(request, till)
        if till is None:
            return _go(request, resolve_url("pos:start"))
        request.till, request.token = till, token
        if needs == "device":
            return None
        if till.cashier is None:
            return _go(request, resolve_url("pos:unlock"))
        request.user = till.cashier
        if (
            request.method == "POST"
            and till.seat.seen_at is not None
            and till.seat.seen_at < timezone.now() - SEEN_STEP
        ):
            TillSeat.objects.filter(pk=till.pk, employee=till.cashier).update(seen_at=timezone.now())
        return None


def _taken(till, token: Token) -> bool:
    """Whether the till takes the token; that it is a new one, or a copy, is written."""
    standing = devices.standing(till, token)
    if standing == Standing.NEW:
        devices.came_back(till, token)
    elif standing == Standing.COPY:
        devices.record_copy(till)
    return standing != Standing.COPY


def _refuse_copy(request, till) -> HttpResponse:
    sentence = _("Deze browser is %(till)s niet meer. Log in, en laat hem opnieuw registreren.")
    messages.error(request, sentence % {"till": till.name})
    return _go(request, redirect_to_login(resolve_url("pos:start")).url)


def _go(request, url: str) -> HttpResponse:
    """The whole page goes there, also from inside a fragment."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url)
