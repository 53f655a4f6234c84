"""The locked till: who works here, by PIN code; locking it, and saying that somebody is still there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.relations.services import devices
from backoffice.relations.services.secrets import Secret
from pos import selectors
from pos.middleware import at_device, at_till, give_token
from pos.services import seats


@at_device
@require_http_methods(["GET", "POST"])
def unlock(request):
    """Choose oneself and type the PIN code; what lay on the counter lies there still."""
    context = {"till": request.till, "cashiers": selectors.cashiers(request.till)}
    if request.method == "GET":
        if request.till.cashier:
            return redirect("pos:till")
        return render(request, "pos/lock.html", context)
    chosen = posted_int(request, "employee") or 0
    try:
        seats.unlock(till=request.till, employee_id=chosen, pin=Secret(request.POST.get("pin", "")))
    except Refusal as refusal:
        if refusal.code == "seat.taken":
            messages.error(request, refusal.message)
            return redirect("pos:till")
        return render(request, "pos/lock.html", context | {"refusal": refusal, "chosen": chosen}, status=422)
    response = redirect("pos:till")
    response.status_code = 303
    give_token(response, devices.renewed(request.till, request.token))
    return response


@at_till("pos.use")
@require_POST
def lock(request):
    seats.lock(
        till_id=request.till.pk, employee=request.user, idle=bool(request.POST.get("idle")), key=posted_key(request)
    )
    response = redirect("pos:unlock")
    response.status_code = 303
    return response


@at_till("pos.use")
@require_POST
def alive(request):
    """Somebody touches the screen: the middleware has written so."""
    return HttpResponse(status=204)
