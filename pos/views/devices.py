"""POS from the backoffice: which till this browser is (docs/decisions.md, 13)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.http import posted_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations import selectors
from backoffice.relations.rights import right
from backoffice.relations.services import devices
from backoffice.relations.services.devices import Token
from pos.middleware import give_token, of_backoffice


@of_backoffice
@right("pos.use")
@require_GET
def start(request):
    """POS: the till, when this browser is one; else the page that says how it becomes one."""
    return redirect("pos:till" if request.here else "pos:tills")


@of_backoffice
@right("pos.use")
@require_GET
def tills(request):
    here = request.here
    context = {
        "here": here,
        "tills": selectors.tills_of(request.branch_id),
        "may_register": request.branch_id and request.access.can("pos.register", request.branch_id),
        "may_release": here and request.access.can("pos.register", here.branch_id),
        "may_lay_out": request.access.can("pos.layout"),
        "key": new_key(),
    }
    return render(request, "pos/tills.html", context)


@of_backoffice
@right("pos.register")
@require_POST
def register(request):
    key = posted_key(request)
    registration, former = devices.new_token(key), request.token.registration if request.token else ""
    till = devices.register(
        till_id=posted_int(request, "till") or 0, token=registration, former_token=former,
        employee=request.user, key=key,
    )  # fmt: skip
    messages.success(request, _("Deze browser is nu %(till)s.") % {"till": till})
    response = redirect("pos:start")
    give_token(response, Token(registration))
    return response


@right("pos.register")
@require_POST
def release(request):
    till = devices.release(till_id=posted_int(request, "till") or 0, employee=request.user, key=posted_key(request))
    messages.success(request, _("%(till)s is losgelaten.") % {"till": till})
    return redirect("pos:tills")
