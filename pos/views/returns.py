"""Retour en ruilen: a receipt's lines that come back, and a line of the basket that comes back without a receipt."""

from decimal import Decimal

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backoffice.core import http
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.http import posted_key
from backoffice.core.input import InputError, clean_text, parse_quantity
from backoffice.core.keys import new_key
from backoffice.relations.rights import access_of
from pos import selectors
from pos.middleware import at_till
from pos.views import answers, beside
from pos.views.till import order_id_of
from sales.models import OrderLine
from sales.services import returning

REASONS = [
    gettext_lazy("Te klein"), gettext_lazy("Te groot"), gettext_lazy("Bevalt niet"), gettext_lazy("Defect"),
    gettext_lazy("Verkeerd geleverd"),
]  # fmt: skip


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def returns(request):
    """Retour of ruilen: the receipt by its barcode, its lines with what may still come back; POST takes them back."""
    typed = request.POST if request.method == "POST" else request.GET
    code = typed.get("code", "").strip()[:64]
    values = {"code": code, "key": new_key(), "reasons": REASONS, "reason": typed.get("reason", "")}
    if not code:
        return render(request, "pos/returns.html", values)
    try:
        found = _found(request, code)
        values |= {"found": found, "rows": _rows(request, found)}
        if request.method == "GET":
            return render(request, "pos/returns.html", values)
        order = returning.take_back(
            order_id=order_id_of(request), source_id=found.pk, pieces=_pieces(values["rows"]), reason=_reason(request),
            to_stock="write_off" not in request.POST, employee=request.user, key=posted_key(request),
        )  # fmt: skip
    except (InputError, Refusal) as refusal:
        problems = [each.message for each in getattr(refusal, "all", [refusal])]
        return render(request, "pos/returns.html", values | {"problems": problems}, status=422)
    return http.close_dialog(answers.bon(request, order))


def _found(request, code: str):
    """The order behind a receipt's or an order's number. Raises Refusal."""
    found = selectors.sold_under(code)
    if found is None:
        text = _("Er is geen bon met nummer %(code)s. Scan de streepjescode onder aan de bon.") % {"code": code}
        raise NotFound("return.unknown", text)
    return returning.find(found, request.user)


def _rows(request, found) -> list[dict]:
    rows = returning.returnable(found)
    return [{"row": row, "name": f"back-{row.line.pk}", "typed": _typed(request, row, len(rows))} for row in rows]


def _typed(request, row, rows: int) -> str:
    """What stands in the field: what was typed, else the piece that alone can come back."""
    if request.method == "POST":
        return request.POST.get(f"back-{row.line.pk}", "")
    return "1" if rows == 1 and row.left == 1 else "0"


def _pieces(rows: list[dict]) -> dict[int, Decimal]:
    """{line id: pieces} of what was filled in."""
    asked = {row["row"].line: row["typed"].strip() for row in rows}
    return {
        line.pk: parse_quantity(text, fractions=line.fractions) for line, text in asked.items() if text not in ("", "0")
    }


def _reason(request) -> str:
    return clean_text(request.POST.get("reason", ""), max_length=120)


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def line_return(request, line_id):
    """Retour zonder bon: this line of the basket comes back, for a reason; asks the right pos.return_free."""
    line = OrderLine.objects.filter(pk=line_id, order=selectors.order_at(request.till)).first()
    if line is None:
        raise NotFound("line.gone", _("Deze regel is intussen verwijderd."))
    may = access_of(request.user).can("pos.return_free", request.till.branch_id)
    values = {
        "line": line, "key": new_key(), "reasons": REASONS, "reason": request.POST.get("reason", ""), "may": may,
        "beside": beside.people(request, "pos.return_free"),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "pos/_line_return.html", values)
    try:
        order = returning.take_back_free(
            order_id=line.order_id, line_id=line_id, reason=_reason(request),
            to_stock="write_off" not in request.POST, employee=request.user, key=posted_key(request),
            approver=beside.approver(request),
        )  # fmt: skip
    except (InputError, Refusal) as refusal:
        return render(request, "pos/_line_return.html", values | {"error": refusal.message}, status=422)
    return http.close_dialog(answers.bon(request, order))
