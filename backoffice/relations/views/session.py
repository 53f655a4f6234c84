"""The way in and out, and the branch one works at."""

from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import views as auth
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int
from backoffice.relations.forms import LoginForm
from backoffice.relations.rights import right
from backoffice.relations.services import logins, preferences


@right("public")
@require_http_methods(["GET", "POST"])
def login(request):
    known = request.user.is_authenticated
    email = request.POST.get("username", "").strip().lower()
    tried = request.method == "POST" and not known and AxesProxyHandler.is_allowed(request, {"username": email})
    response = auth.LoginView.as_view(
        template_name="relations/login.html", redirect_authenticated_user=True, authentication_form=LoginForm
    )(request)
    if request.user.is_authenticated and not known:
        logins.record(employee=request.user, branch_id=request.session.get("branch_id"))
    elif tried and email:
        reason = "locked" if getattr(request, "axes_locked_out", False) else "password"
        logins.record_failure(email=email, reason=reason)
    return response


@right("public")
@require_POST
def logout(request):
    if request.user.is_authenticated:
        logins.record_out(employee=request.user, branch_id=request.session.get("branch_id"))
    return auth.LogoutView.as_view()(request)


@right("shell")
@require_POST
def switch_branch(request):
    branch_id = posted_int(request, "branch")
    allowed = request.access.branch_ids("shell")
    if branch_id is None or not logins.branch_exists(branch_id) or (allowed is not None and branch_id not in allowed):
        raise Refusal("branch.right", _("In dit filiaal werkt u niet."))
    request.session["branch_id"] = branch_id
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "home")


@right("shell")
@require_POST
def scan_prefix(request):
    """The key that the scanner at this employee's desk sends first; in force at once."""
    prefix = request.POST.get("prefix", "")
    preferences.set_scan_prefix(employee=request.user, prefix=prefix)
    answer = http.trigger(HttpResponse(status=204), "scan-prefix", {"prefix": prefix})
    said = _("Scanner met voorlooptoets %(key)s.") % {"key": prefix} if prefix else _("Scanner zonder voorlooptoets.")
    return http.toast(answer, said)


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    """Too many wrong passwords (AXES_LOCKOUT_CALLABLE): the login page again, saying when it may be tried."""
    from axes.helpers import get_cool_off

    minutes = round((get_cool_off(request) or timedelta(0)).total_seconds() / 60)
    sentence = ngettext(
        "Te vaak een verkeerd wachtwoord. Probeer het over %(minutes)s minuut opnieuw.",
        "Te vaak een verkeerd wachtwoord. Probeer het over %(minutes)s minuten opnieuw.",
        minutes,
    ) % {"minutes": minutes}
    form = LoginForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "locked": sentence, "next": request.POST.get("next", "")}
    return render(request, "relations/login.html", context, status=429)
