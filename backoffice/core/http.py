"""Small helpers that every view shares: keys from forms, toasts, refusals as answers."""

import json
import uuid
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Stale
from backoffice.core.input import whole


def public(view):
    """Mark a view of this floor that needs no login (the rights of people stand a floor higher)."""
    view.right = "public"
    return view


def posted_key(request) -> uuid.UUID:
    """The request key that the form carries. Raises Refusal when it is missing or no UUID."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refusal("key.missing", _("Ververs de pagina en probeer het opnieuw.")) from None


def posted_int(request, name: str) -> int | None:
    """A whole number from the form (an id, a revision), or None when it is absent or no ASCII number."""
    return whole(request.POST.get(name, ""))


def asked_int(request, name: str) -> int | None:
    """The same out of the URL (an id, a cursor)."""
    return whole(request.GET.get(name, ""))


def filter_chip(request, name: str, label: str, value: str, options: list[tuple[str, str]]) -> dict:
    """A filter as filter_chips (parts/lists.html) shows it; all of it stands in the URL. options: [(value, label)]."""

    def url(choice: str) -> str:
        query = request.GET.copy()
        for gone in (name, "after", "before"):
            query.pop(gone, None)
        if choice:
            query[name] = choice
        return f"?{query.urlencode()}"

    return {
        "name": name,
        "label": label,
        "value": value,
        "shown": dict(options).get(value, value),
        "clear_url": url(""),
        "options": [{"label": text, "url": url(choice)} for choice, text in options],
    }


def period_menu(request: HttpRequest, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    """What makes a chip one of a period: a menu with two days, which keeps what else the query asks."""
    kept = [(name, value) for name, value in request.GET.items() if name not in ("from", "to", "after", "before")]
    return {"template": "parts/filter_period.html", "kept": kept, "first": first, "last": last}


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


def stored_picture(file) -> FileResponse:
    """A picture as it was stored, of an ImageField or by its name. Raises Http404 where it is none, or gone."""
    name = str(file or "")
    if not name or not default_storage.exists(name):
        raise Http404
    return FileResponse(default_storage.open(name))


def refused(request, refusal: Refusal) -> HttpResponse:
    """A refusal that no form took: a whole page, or for htmx an error toast that leaves the screen as it is."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=refusal.status)
        response.headers["HX-Reswap"] = "none"
        return toast(response, refusal.message, "bad")
    context = {"refusal": refusal, "stale": refusal if isinstance(refusal, Stale) else None}
    return render(request, "parts/refused.html", context, status=refusal.status)
