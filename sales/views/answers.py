"""What the order screen answers with: only what changed, as parts that htmx puts in their places (out of band)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.catalog import offers
from backoffice.core import formats, http
from backoffice.core.errors import Refusal, Stale
from backoffice.core.input import ASK_ABOVE
from backoffice.core.keys import new_key
from backoffice.relations.models import VatMode
from sales import extra, selectors, status
from sales.forms import CELLS, HeaderForm, shown_cells, shown_discount
from sales.line_pages import LinePage, line_page
from sales.models import OrderLine, SalesOrder
from sales.services import shown
from sales.views import actions

CHANGED_ELSEWHERE = gettext_lazy("Deze order is ook elders gewijzigd; alle regels zijn bijgewerkt.")
MAX_PARTS = 40  # more touched lines than this: the whole grid is shorter than its parts


@dataclass
class CellBox:
    """One cell of the grid that is typed in."""

    name: str
    value: str
    label: str
    error: str = ""

    @property
    def css(self) -> str:
        return {"quantity": "num qty", "price": "num", "discount": "num"}.get(self.name, "")

    @property
    def inputmode(self) -> str:
        return "" if self.name == "text" else "decimal"


def cells_of(line: OrderLine) -> list[CellBox]:
    """The cells of a line, with names that say which line they belong to."""
    labels = {"quantity": _("Aantal"), "price": _("Verkoopprijs"), "discount": _("Korting"), "text": _("Tekst")}
    return [CellBox(name, value, f"{labels[name]} {line.title}") for name, value in shown_cells(line).items()]


def prepare(order: SalesOrder, asked: int | None) -> tuple[LinePage, list[selectors.Group]]:
    """The page of the grid that is asked, or that of what was touched; its groups, every line ready to be drawn."""
    lines, touched = selectors.lines_of(order), getattr(order, "touched", ())
    page = line_page(len(lines), asked, with_one_of=[at for at, line in enumerate(lines) if line.pk in touched])
    groups = selectors.on_page(selectors.grouped(lines), page)
    return page, groups


def dress(line: OrderLine, *, new: bool = False) -> OrderLine:
    """Give a line what its row needs: cells, a request key, its address."""
    line.cells = cells_of(line)
    line.request_key = new_key()
    line.url = reverse("sales:line", args=[line.order_id, line.pk])
    line.new = new
    return line


def tell_short(request, order) -> None:
    """Say what a confirmation left short of stock, where the branch warns of it."""
    for sentence in getattr(order, "short", ()):
        messages.warning(request, sentence)


def go(request, url: str) -> HttpResponse:
    """The answer that goes on to another page: for htmx by its header, else 303."""
    if not request.headers.get("HX-Request"):
        response: HttpResponse = HttpResponseRedirect(url)
        response.status_code = 303
        return response
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response


def ask_on(request, url: str) -> HttpResponse:
    """The answer that fetches a dialog of another part of the house, which asks what is still to be known."""
    response = render(request, "sales/_ask_on.html", {"ask_url": url}, status=422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog-host", "innerHTML"
    return response


def editable(request, order: SalesOrder) -> bool:
    """Whether this employee may change lines and header now: an amendment is edited by who has it alone."""
    if not (status.allowed(order, "edit") and request.access.can("sales.edit", order.branch_id)):
        return False
    return not order.amends_id or order.claimed_by_id == request.user.pk


def url_of(name: str, *args) -> str:
    """The address of a screen that another part of the house may bring; empty while it is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def context(request, order: SalesOrder, **more) -> dict:
    """What every part of the screen needs, without reading anything."""
    return {
        "order": order,
        "shown": shown.mark(order, order.all_lines) if hasattr(order, "all_lines") else "",
        "editable": editable(request, order),
        "head_key": new_key(),
        "foot_key": new_key(),
        "now": timezone.localtime(),
        "including": order.vat_mode == "inclusive",
        "matrix_url": url_of("sales:matrix", order.pk),
        "picker_url": url_of("sales:picker", order.pk),
        **more,
    }


def foot_context(order: SalesOrder) -> dict:
    return {
        "figures": selectors.figures(order),
        "discount": shown_discount(order.discount_percent, order.discount_amount),
        "modes": _modes(order),
    }


def _modes(order: SalesOrder) -> list[tuple[str, str]]:
    """The VAT modes to choose from: the two of every shop, and what this order or its customer brings."""
    labels = dict(VatMode.choices)
    shown = ["inclusive", "exclusive"]
    if order.customer_vat_id or order.vat_mode == "reverse_charge":
        shown.append("reverse_charge")
    if order.vat_mode == "none":
        shown.append("none")
    return [(mode, labels[mode]) for mode in shown]  # type: ignore[misc]


def page_context(request, order: SalesOrder) -> dict:
    """Everything of the whole screen."""
    page, groups = prepare(order, http.asked_int(request, "blad"))
    may_edit = editable(request, order)
    if may_edit:
        for line in page.cut(order.all_lines):
            dress(line)
    return context(
        request,
        order,
        groups=groups,
        line_page=page,
        **(header_context(request, order) if may_edit else {"extra": extra.rows(order)}),
        **foot_context(order),
        head_actions=actions.buttons(request, order, actions.HEAD),
        foot_actions=actions.buttons(request, order, actions.FOOT),
        scan_key=new_key(),
    )


def header_context(request, order: SalesOrder, form: HeaderForm | None = None) -> dict:
    return {
        "form": form or HeaderForm(instance=order, user=request.user),
        "customer_new_url": url_of("relations:customer_dialog"),
        "addresses": list(order.customer.addresses.all()) if order.customer else [],
    }


def lines_answer(
    request, order: SalesOrder, *, whole: bool = False, cells=CELLS, toast: tuple | None = None, parts=(), **more
) -> HttpResponse:
    """The answer to a change of lines: the rows that were touched, or the whole grid, and the totals.

    order: as the service returned it. cells: which cells of a touched line are drawn anew. toast: what http.toast
    takes. parts: further partials to draw out of band. Reads nothing when the service left its lines in memory.
    """
    fresh, told = hasattr(order, "all_lines"), shown.up_to_date(order, request.POST.get("shown", ""))
    asked = http.posted_int(request, "blad")
    page, groups = prepare(order, asked)
    if not told:  # another screen changed it: all of it is drawn, so that the next mark is of what is seen
        whole, parts, toast = True, (*parts, *{"sales/_foot.html"} - set(parts)), toast or (CHANGED_ELSEWHERE, "wait")
    whole = whole or page.at != (asked or 1)
    rows = None if whole or not fresh else _rows(order, groups, page)
    if rows is None:
        for line in page.cut(order.all_lines):
            dress(line, new=line.pk in getattr(order, "touched", ()))
    more |= {"groups": groups, "rows": rows, "cells": cells, "line_page": page, "parts": parts}
    values = context(request, order, **foot_context(order), **more)
    response = HttpResponse(render_to_string("sales/_lines_answer.html", values, request=request))
    return http.toast(response, *toast) if toast else response


def _rows(order: SalesOrder, groups, page: LinePage) -> dict | None:
    """What to draw of the touched lines: {changed, heads, groups, appended}; None when the grid must be drawn whole.

    A line with revision 1 is new. New lines stand at the end, else everything below them moved; where there are more
    pages than one, the number of lines changes what stands on them.
    """
    lines = order.all_lines
    if not order.touched:
        return {"changed": [], "heads": [], "groups": [], "appended": []}
    new = [line for line in lines if line.pk in order.touched and line.revision == 1]
    changed = [line for line in page.cut(lines) if line.pk in order.touched and line.revision > 1]
    if new and page.folded:
        return None
    if len(new) + len(changed) > MAX_PARTS or len(new) == len(lines) or new != lines[len(lines) - len(new) :]:
        return None
    added, appended, heads = [], [], []
    for group in groups:
        of_group = [line for line in group.lines if line in new]
        if of_group == group.lines:
            added.append(group)
        elif of_group:
            appended.append((group, of_group))
        if group.head and group not in added and (of_group or any(line in changed for line in group.lines)):
            heads.append(group)
    for line in [*new, *changed]:
        dress(line, new=True)
    return {"changed": changed, "heads": heads, "groups": added, "appended": appended}


def head_answer(request, order: SalesOrder, names=(), form: HeaderForm | None = None, code: int = 200) -> HttpResponse:
    """The answer to a change of the header: the fields that were posted, its key and revision."""
    shown = form or HeaderForm(instance=order, user=request.user)
    fields = [shown[name] for name in names if name in shown.fields]
    values = context(request, order, fields=fields, saved=code == 200)
    return HttpResponse(render_to_string("sales/_head_answer.html", values, request=request), status=code)


def consequences(request, order: SalesOrder, names, whole: bool) -> HttpResponse:
    """The answer to a choice that brings more along: a customer its addresses and VAT mode, a Soort its VAT mode."""
    values = header_context(request, order)
    values["fields"] = [values["form"][name] for name in names if name in values["form"].fields]
    parts = ("sales/_head_answer.html", "sales/_extra.html", "sales/_foot.html")
    response = lines_answer(request, order, whole=whole, parts=parts, saved=True, **values)
    return http.trigger(response, "customer-changed")


def cell_refused(request, order: SalesOrder, line: OrderLine, typed: dict, refusal: Refusal) -> HttpResponse:
    """A cell that was refused: it keeps what was typed and says why. Beyond the ceiling the reason is asked."""
    dress(line)
    boxes = [box for box in line.cells if box.name in typed]
    for box in boxes:
        box.value, box.error = typed[box.name], refusal.message
    values = context(
        request,
        order,
        line=line,
        boxes=boxes,
        typed=typed,
        again=typed | {"revision": line.revision, "sure": "1"},
        refusal=refusal,
        stale=refusal if isinstance(refusal, Stale) else None,
    )
    return HttpResponse(render_to_string("sales/_cell_refused.html", values, request=request), status=refusal.status)


def is_it_right(quantity: Decimal) -> str:
    """The question before a large quantity is taken: "1.500 stuks, klopt dat?"."""
    return _("%(number)s stuks, klopt dat?") % {"number": formats.format_quantity(quantity)}


def ask_many(request, items: list[tuple[int, Decimal]], **how) -> HttpResponse | None:
    """Asks, in a dialog over what is open, whether quantities above 999 are meant; None where nothing is to be asked.

    items: [(variant id, pieces)] as typed. how: form (the id of the form that is sent again with `sure`), or url, key
    and fields of a form in the dialog itself. What was typed stays where it is.
    """
    many = {pk: quantity for pk, quantity in items if quantity > ASK_ABOVE}
    if not many or "sure" in request.POST:
        return None
    named = {offer.variant_id: offer.title for offer in offers.offers(timezone.localdate(), variants=list(many))}
    rows = [(named[pk], is_it_right(quantity)) for pk, quantity in many.items() if pk in named]
    if not rows:
        return None  # the service says what is wrong with them
    response = HttpResponse(render_to_string("sales/_ask_many.html", {"rows": rows, **how}, request=request))
    response.headers["HX-Reswap"] = "none"
    return response


def ask_changed(request, order: SalesOrder, changed: shown.ChangedMeanwhile, url: str) -> HttpResponse:
    """The order as it is now, with what was changed meanwhile marked, and the question whether it is confirmed so."""
    order.touched = set(changed.lines)
    selectors.lines_of(order)
    ask: dict[str, Any] = {
        "title": _("De order is intussen gewijzigd. Toch bevestigen?"), "stale": changed, "url": url, "key": new_key(),
        "fields": {"revision": order.revision, "shown": shown.mark(order, order.all_lines)}, "swap": "none",
    }  # fmt: skip
    parts = ("sales/_foot.html", "sales/_ask_changed.html")
    answer = lines_answer(request, order, whole=True, parts=parts, **ask)
    answer.status_code = changed.status
    return answer


def notices(request, order: SalesOrder, refusal: Refusal) -> HttpResponse:
    """The summary above the lines: what keeps the order from being confirmed, or who wrote first."""
    stale = refusal if isinstance(refusal, Stale) else None
    refusals = [] if stale else getattr(refusal, "all", [refusal])
    form = HeaderForm(instance=order, user=request.user)
    form.full_clean()
    form.cleaned_data = {}
    marked = [refusal for refusal in refusals if refusal.field in form.fields]
    for refusal in marked:
        form.add_error(refusal.field, refusal.message)
    values = context(request, order, problems=[_problem(refusal) for refusal in refusals], stale=stale)
    if order.amends_id and stale and stale.fields and stale.code == "stale" and not stale.who:
        values["resolve_url"] = reverse("sales:take_delivered", args=[order.pk])
    values |= header_context(request, order, form)
    values["fields"] = [form[name] for name in dict.fromkeys(refusal.field for refusal in marked)]
    html = render_to_string("sales/_notices.html", values, request=request)
    return HttpResponse(html, status=409 if stale else 422)


def _problem(refusal: Refusal) -> dict:
    labels = {"customer": _("Debiteur"), "lines": _("Orderregels"), "delivery_address": _("Bezorgadres")}
    field = refusal.field
    if field and field not in labels and field in HeaderForm.base_fields:
        labels[field] = str(HeaderForm.base_fields[field].label)
    anchor = {"lines": "scan-code", "quantity": "", "discount": "order-discount"}.get(field, field)
    return {"label": labels.get(field, ""), "text": refusal.message, "id": anchor}
