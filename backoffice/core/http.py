"""Small helpers that every view shares: keys from forms, toasts, refusals as answers."""

import json
import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Stale


def posted_key(request) -> uuid.UUID:
    """The request key that the form carries. Raises Refusal when it is missing or no UUID."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refusal("key.missing", _("Ververs de pagina en probeer het opnieuw.")) from None


def posted_int(request, name: str) -> int | None:
    """A whole number from the form (an id, a revision), or None when it is absent or no ASCII number."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def trigger(response: HttpResponse, name: str, detail=True) -> HttpResponse:
    """Add an event to the answer, for the scripts on the page (HX-Trigger)."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[name] = detail
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def toast(response: HttpResponse, text: str, tone: str = "good", undo_url: str = "", undo: dict | None = None):
    """Add a toast; undo_url with its values (a POST) gives it the button Ongedaan maken."""
    return trigger(response, "toast", {"text": str(text), "tone": tone, "undo_url": undo_url, "undo": undo or {}})


def close_dialog(response: HttpResponse) -> HttpResponse:
    return trigger(response, "dialog:close")


def refused(request, refusal: Refusal) -> HttpResponse:
    """A refusal that no form took: a whole page, or for htmx an error toast that leaves the screen as it is."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=refusal.status)
        response.headers["HX-Reswap"] = "none"
        return toast(response, refusal.message, "bad")
    context = {"refusal": refusal, "stale": refusal if isinstance(refusal, Stale) else None}
    return render(request, "parts/refused.html", context, status=refusal.status)
