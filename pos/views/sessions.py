"""The till's day: Kassa openen, the X report, and the day close with a blind count."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.core.input import InputError, parse_amount
from backoffice.core.keys import new_key
from payments.models import TillSession
from payments.selectors import open_session_of
from payments.services import sessions
from pos import selectors
from pos.day_report import before, day_report, find, last_of, report_pdf
from pos.middleware import at_till
from pos.services import day_close, day_open
from pos.views.make_order import see_other
from sales.documents.views.papers import shown

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
            day_open.open_till(
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
    values = {"till": request.till, "idle_seconds": 0, "session": session}
    return render(request, "pos/x_report.html", values | {"report": day_report(session)})


@at_till("pos.close")
@require_http_methods(["GET", "POST"])
def close(request):
    """Dagafsluiting (Z): count blind; the difference shows afterwards, and then needs its reason."""
    session = open_session_of(request.till)
    if session is None:  # closed already: the report once more, also for an answer that was lost
        last = last_of(request.till)
        return see_other("pos:z_report", last.pk) if last else redirect("pos:till")
    refusal, typed = None, {name: request.POST.get(f"count-{name}", "") for name in map(str, NAMES)}
    if request.method == "POST":
        try:
            closed = day_close.close(
                session_id=session.pk, denominations=_counted(typed), reason=request.POST.get("reason", "")[:200],
                force=bool(request.POST.get("force")), employee=request.user, key=posted_key(request),
            )  # fmt: skip
        except Refusal as error:
            refusal = error
        else:
            return see_other("pos:z_report", closed.pk)
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


def _closed(request, session_id: int) -> TillSession:
    session = find(session_id, request.till.branch_id)
    if session is None:
        raise Http404
    return session


@at_till("pos.close")
@require_GET
def z_report(request, session_id):
    """The Z report of a closed day, and the way to the one before it."""
    session = _closed(request, session_id)
    values = {"till": session.till, "idle_seconds": 0, "before": before(session), "key": new_key(), "session": session}
    return render(request, "pos/closed.html", values | {"report": day_report(session)})


@at_till("pos.close")
@require_GET
def z_pdf(request, session_id):
    name, content = report_pdf(_closed(request, session_id))
    return shown(content, name)


@at_till("pos.close")
@require_POST
def z_print(request, session_id):
    """The Z report on the printer of the till again, as a copy."""
    _closed(request, session_id)
    day_close.print_again(session_id=session_id, employee=request.user, key=posted_key(request))
    messages.success(request, _("De dagafsluiting wordt afgedrukt."))
    return see_other("pos:z_report", session_id)
