"""Snelknoppen in the backoffice: the layouts, their pages and keys."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.http import asked_int, posted_int, posted_key
from backoffice.core.input import InputError, clean_text
from backoffice.core.keys import new_key
from backoffice.relations.models import Till
from backoffice.relations.rights import right, scoped
from pos import buttons, selectors
from pos.models import QuickKey, QuickKeyPage, TillLayout
from pos.services import layouts as service
from pos.views.make_order import see_other


def _text(request, name: str, length: int) -> str:
    """A text as it was typed. Raises Refusal."""
    try:
        return clean_text(request.POST.get(name, ""), max_length=length)
    except InputError as error:
        raise Refusal(f"layout.{name}", error.message, name) from error


def _see(layout_id: int, page_id: int | None = None):
    response = redirect(reverse("pos:layout", args=[layout_id]) + (f"?blad={page_id}" if page_id else ""))
    response.status_code = 303
    return response


@right("pos.layout")
@require_http_methods(["GET", "POST"])
def layouts(request):
    """The layouts; POST makes one."""
    if request.method == "POST":
        name = _text(request, "name", 60) or _("Nieuwe indeling")
        return _see(service.create(name=name, employee=request.user, key=posted_key(request)).pk)
    rows = TillLayout.objects.prefetch_related("tills__branch", "pages")
    return render(request, "pos/layouts.html", {"rows": rows, "key": new_key()})


@right("pos.layout")
@require_http_methods(["GET", "POST"])
def layout(request, layout_id):
    """One layout: which tills, its pages, and the twenty places of the page that is shown (?blad=)."""
    shown = get_object_or_404(TillLayout, pk=layout_id)
    if request.method == "POST":
        service.set_tills(
            layout_id=layout_id, name=_text(request, "name", 60) or shown.name, employee=request.user,
            till_ids=[int(pk) for pk in request.POST.getlist("till") if pk.isascii() and pk.isdigit()],
            key=posted_key(request),
        )  # fmt: skip
        return _see(layout_id)
    pages = list(shown.pages.all())
    page = next((row for row in pages if row.pk == asked_int(request, "blad")), pages[0] if pages else None)
    drawn = enumerate(selectors.with_keys(page).places if page else ())
    places = [{"row": n // selectors.COLUMNS, "column": n % selectors.COLUMNS, "key": key} for n, key in drawn]
    tills = scoped(Till.objects.filter(active=True).select_related("branch"), request.user, "pos.layout")
    values = {
        "layout": shown, "pages": pages, "page": page, "places": places, "tills": tills, "key": new_key(),
        "here": set(shown.tills.values_list("pk", flat=True)),
    }  # fmt: skip
    return render(request, "pos/layout.html", values)


@right("pos.layout")
@require_http_methods(["GET", "POST"])
def layout_buttons(request, layout_id):
    """Knoppen: which, where and in which colour; up and down keep what else was changed."""
    shown, refusal = get_object_or_404(TillLayout, pk=layout_id), None
    rows = [{"name": one.name, "place": one.place, "colour": one.colour} for one in buttons.of_layout(shown)]
    if request.method == "POST":
        rows = _moved(_button_rows(request), request.POST.get("move", ""))
        try:
            service.set_buttons(layout_id=layout_id, rows=rows, employee=request.user, key=posted_key(request))
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("De knoppen zijn opgeslagen."))
            return see_other("pos:layout_buttons", layout_id)
    values = {
        "layout": shown, "refusal": refusal, "places": buttons.PLACES, "colours": range(buttons.COLOURS),
        "rows": [row | {"label": buttons.EVERY[row["name"]].label} for row in rows if row["name"] in buttons.EVERY],
        "key": new_key(),
    }  # fmt: skip
    return render(request, "pos/layout_buttons.html", values, status=refusal.status if refusal else 200)


def _button_rows(request) -> list[dict]:
    def row(name: str) -> dict:
        place, colour = request.POST.get(f"place-{name}", ""), posted_int(request, f"colour-{name}")
        return {"name": name, "place": place, "colour": colour or 0}

    return [row(name) for name in request.POST.getlist("button")[:50]]


def _moved(rows: list[dict], move: str) -> list[dict]:
    """The rows with one of them a place up ("queue:up") or down."""
    name, _colon, way = move.partition(":")
    at = next((n for n, row in enumerate(rows) if row["name"] == name), None)
    if at is not None:
        rows.insert(min(max(at + (-1 if way == "up" else 1), 0), len(rows) - 1), rows.pop(at))
    return rows


@right("pos.layout")
@require_POST
def page_add(request, layout_id):
    made = service.add_page(
        layout_id=layout_id, name=_text(request, "page", 30), employee=request.user, key=posted_key(request)
    )
    return _see(layout_id, made.pages.order_by("-position").values_list("pk", flat=True).first())


@right("pos.layout")
@require_POST
def page_change(request, layout_id, page_id):
    """Rename, move or take away a page."""
    service.change_page(
        layout_id=layout_id, page_id=page_id, name=_text(request, "page", 30), drop="drop" in request.POST,
        steps={"left": -1, "right": 1}.get(request.POST.get("to", ""), 0), employee=request.user,
        key=posted_key(request),
    )  # fmt: skip
    return _see(layout_id, None if "drop" in request.POST else page_id)


@right("pos.layout")
@require_http_methods(["GET", "POST"])
def layout_key(request, layout_id, page_id):
    """A place of a page: the dialog, and what it sends."""
    read = posted_int if request.method == "POST" else asked_int
    row, column = read(request, "row"), read(request, "column")
    if request.method == "GET":
        page = get_object_or_404(QuickKeyPage, pk=page_id, layout=layout_id)
        key = QuickKey.objects.filter(page=page, row=row or 0, column=column or 0)
        found = key.select_related("article", "variant__article", "variant__colour", "variant__size").first()
        kind = ("article", found.article_id) if found and found.article_id else ("variant", found and found.variant_id)
        values = {
            "chosen": f"{kind[0]}-{kind[1]}" if found else "", "chosen_label": found.title if found else "",
            "key_row": found, "row": row or 0, "key": new_key(),
            "column": column or 0, "tints": range(1, service.TINTS + 1), "layout_id": layout_id, "page_id": page_id,
        }  # fmt: skip
        return render(request, "pos/_layout_key.html", values)
    kind, _dash, number = request.POST.get("choice", "").partition("-")
    chosen = int(number) if number.isascii() and number.isdigit() else 0
    service.set_key(
        layout_id=layout_id, page_id=page_id, row=-1 if row is None else row, column=-1 if column is None else column,
        choice=None if "drop" in request.POST else (kind, chosen),
        label=_text(request, "label", 40), tint=posted_int(request, "tint") or 1, employee=request.user,
        key=posted_key(request),
    )  # fmt: skip
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = f"{reverse('pos:layout', args=[layout_id])}?blad={page_id}"
    return http.close_dialog(response)
