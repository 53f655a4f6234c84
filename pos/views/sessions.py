"""The till's day: Kassa openen, the X report, and the day close with a blind count."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.core.input import InputError, parse_amount
from backoffice.core.keys import new_key
from payments.selectors import open_session_of, session_figures
from payments.services import sessions
from pos import selectors
from pos.middleware import at_till
from pos.views.make_order import see_other

NAMES = {
    value: f"€ {value:.0f}" if value >= 1 else f"{value * 100:.0f} cent" for value in sessions.DENOMINATIONS
}  # fmt: skip


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def open_till(request):
    """Kassa openen, with what lies in the drawer."""
    error, typed = "", request.POST.get("float", "")
    if request.method == "POST":
        try:
            sessions.open_session(
                till_id=request.till.pk, float_amount=parse_amount(typed), employee=request.user,
                key=posted_key(request),
            )  # fmt: skip
        except (InputError, Refusal) as refusal:
            error = refusal.message
        else:
            waits = selectors.order_at(request.till)
            messages.success(request, _("De kassa is open."))
            return see_other("pos:checkout" if waits and waits.lines.exists() else "pos:till")
    elif open_session_of(request.till):
        return redirect("pos:till")
    values = {"till": request.till, "idle_seconds": 0, "key": new_key(), "error": error, "typed": typed}
    return render(request, "pos/open.html", values, status=422 if error else 200)


@at_till("pos.use")
@require_GET
def x_report(request):
    """Tussenstand (X): what came in and went out so far."""
    session = open_session_of(request.till)
    if session is None:
        return redirect("pos:open")
    values = {"session": session, "figures": session_figures(session), "till": request.till, "idle_seconds": 0}
    return render(request, "pos/x_report.html", values)


@at_till("pos.close")
@require_http_methods(["GET", "POST"])
def close(request):
    """Dagafsluiting (Z): count blind; the difference shows afterwards, and then needs its reason."""
    session = open_session_of(request.till)
    if session is None:
        return redirect("pos:till")
    refusal, typed = None, {name: request.POST.get(f"count-{name}", "") for name in map(str, NAMES)}
    if request.method == "POST":
        try:
            closed = sessions.close_session(
                session_id=session.pk, denominations=_counted(typed), reason=request.POST.get("reason", "")[:200],
                force=bool(request.POST.get("force")), employee=request.user, key=posted_key(request),
            )  # fmt: skip
        except Refusal as error:
            refusal = error
        else:
            return render(request, "pos/closed.html", _report(request, closed))
    rows = [{"name": str(value), "label": label, "typed": typed[str(value)]} for value, label in NAMES.items()]
    values = {
        "session": session, "rows": rows, "till": request.till, "idle_seconds": 0, "key": new_key(),
        "refusal": refusal, "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "pos/close.html", values, status=refusal.status if refusal else 200)


def _counted(typed: dict[str, str]) -> dict[str, int]:
    counted = {}
    for name, figure in typed.items():
        text = figure.strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise Refusal("payments.count", _("Vul per munt en biljet een aantal van nul of meer in."), name)
        counted[name] = int(text)
    return counted


def _report(request, session) -> dict:
    difference = session.counted_cash.amount - session.expected_cash.amount
    return {
        "session": session, "figures": session_figures(session), "difference": difference, "till": request.till,
        "idle_seconds": 0, "zero": Decimal(0),
    }  # fmt: skip
