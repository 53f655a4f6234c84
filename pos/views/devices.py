"""POS from the backoffice: which till this browser is (design.md decision 13)."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.http import posted_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations import selectors
from backoffice.relations.rights import right
from backoffice.relations.services import devices
from pos.middleware import COOKIE

FIVE_YEARS = 5 * 365 * 24 * 3600


@right("pos.use")
@require_GET
def start(request):
    """POS: the till, when this browser is one; else the page that says how it becomes one."""
    here = devices.till_of(request.COOKIES.get(COOKIE, ""))
    return redirect("pos:till" if here else "pos:tills")


@right("pos.use")
@require_GET
def tills(request):
    here = devices.till_of(request.COOKIES.get(COOKIE, ""))
    context = {
        "here": here,
        "tills": selectors.tills_of(request.branch_id),
        "may_register": request.branch_id and request.access.can("pos.register", request.branch_id),
        "may_release": here and request.access.can("pos.register", here.branch_id),
        "may_lay_out": request.access.can("pos.layout"),
        "key": new_key(),
    }
    return render(request, "pos/tills.html", context)


@right("pos.register")
@require_POST
def register(request):
    key = posted_key(request)
    token = devices.new_token(key)
    till = devices.register(
        till_id=posted_int(request, "till") or 0, token=token, former_token=request.COOKIES.get(COOKIE, ""),
        employee=request.user, key=key,
    )  # fmt: skip
    messages.success(request, _("Deze browser is nu %(till)s.") % {"till": till})
    response = redirect("pos:start")
    response.set_cookie(
        COOKIE, token, max_age=FIVE_YEARS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        path=request.path.rpartition("registreren/")[0],
    )  # fmt: skip
    return response


@right("pos.register")
@require_POST
def release(request):
    till = devices.release(till_id=posted_int(request, "till") or 0, employee=request.user, key=posted_key(request))
    messages.success(request, _("%(till)s is losgelaten.") % {"till": till})
    return redirect("pos:tills")
