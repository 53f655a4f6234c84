"""The way in and out, and the branch one works at."""

import time

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login as auth_login
from django.contrib.auth import views as auth
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import posted_int
from backoffice.relations import throttle
from backoffice.relations.forms import LoginForm
from backoffice.relations.forms_profile import CodeForm
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of, right
from backoffice.relations.selectors import branches_of
from backoffice.relations.services import logins, preferences, two_factor

LONGEST = 254  # of an address
PENDING = "second_step"  # in the session: who gave the password, and when


BACKEND = "backoffice.relations.backends.DeskBackend"
CODE_SECONDS = 300  # between password and code


class PasswordStep(auth.LoginView):
    """The password; who has a second step goes on to it and is not logged in yet."""

    def form_valid(self, form):
        person = form.get_user()
        if two_factor.of(person) is None:
            return super().form_valid(form)
        self.request.session[PENDING] = {
            "employee": person.pk,
            "password": person.get_session_auth_hash(),
            "at": time.time(),
            "next": self.get_redirect_url(),
        }
        return redirect("login_code")


@right("public")
@require_http_methods(["GET", "POST"])
def login(request):
    known = request.user.is_authenticated
    email = request.POST.get("username", "").strip().lower()
    email = email if len(email) <= LONGEST and email.isprintable() else ""  # the form says what is wrong with it
    tried = (
        email and request.method == "POST" and not known and AxesProxyHandler.is_allowed(request, {"username": email})
    )
    response = PasswordStep.as_view(
        template_name="relations/login.html", redirect_authenticated_user=True, authentication_form=LoginForm
    )(request)
    if request.user.is_authenticated and not known:
        _came_in(request)
    elif tried and response.status_code != 302:
        reason = "locked" if getattr(request, "axes_locked_out", False) else "password"
        logins.record_failure(email=email, reason=reason)
    return response


@sensitive_post_parameters()
@right("public")
@never_cache
@require_http_methods(["GET", "POST"])
def login_code(request):
    """The second step: a code of the app, or a recovery code. Without a right password just before: that first."""
    person = _pending(request)
    if person is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            two_factor.check(employee=person, code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            target = request.session.pop(PENDING)["next"]
            auth_login(request, person, BACKEND)
            _came_in(request)
            return redirect(target if target.startswith("/") else "home")
    return render(request, "relations/login_code.html", {"form": form}, status=422 if form.errors else 200)


def _pending(request) -> Employee | None:
    """Who gave the right password a few minutes ago at most, in this browser, and may still come in."""
    known = request.session.get(PENDING) or {}
    if request.user.is_authenticated or not 0 <= time.time() - known.get("at", 0) < CODE_SECONDS:
        return None
    person = Employee.objects.filter(pk=known["employee"], active=True).first()
    same = person is not None and constant_time_compare(person.get_session_auth_hash(), known["password"])
    return person if same else None


def _came_in(request) -> None:
    """What every log-in by password does: how long it lasts, what it still asks, and its line in the journal."""
    roles = {role for role, _branch in access_of(request.user).grants}
    hours = [settings.SESSION_HOURS[role] for role in roles]
    request.session.set_expiry(round(min(hours, default=1) * 3600))
    if two_factor.asked_of(request.user) and two_factor.of(request.user) is None:
        request.session["second_step_needed"] = True
    logins.record(employee=request.user, branch_id=request.session.get("branch_id"))


@right("public")
@require_POST
def logout(request):
    if request.user.is_authenticated:
        logins.record_out(employee=request.user, branch_id=request.session.get("branch_id"))
    return auth.LogoutView.as_view()(request)


@right("shell")
@require_http_methods(["GET", "POST"])
def switch_branch(request):
    """GET: what the menu of branches holds, read when it opens. POST: work at another branch, and go on."""
    if request.method == "GET":
        branches = branches_of(request.access)
        here = next((row for row in branches if row.pk == request.branch_id), None)
        page = request.htmx.current_url_abs_path or reverse("home")
        values = {"own_branches": branches, "branch": here, "next_url": page}
        return render(request, "parts/branch_menu.html", values)
    branch_id = posted_int(request, "branch")
    allowed = request.access.branch_ids("shell")
    if branch_id is None or not logins.branch_exists(branch_id) or (allowed is not None and branch_id not in allowed):
        raise Refusal("branch.right", _("In dit filiaal werkt u niet."))
    request.session["branch_id"] = branch_id
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe and target.startswith("/") else "home")  # else it is taken for a view's name


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
    form = LoginForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "locked": throttle.waits_sentence(), "next": request.POST.get("next", "")}
    return render(request, "relations/login.html", context, status=429)
