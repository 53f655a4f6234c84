"""Mijn profiel: password, PIN code, theme, and the second step of the log-in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core import drawings
from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations import throttle
from backoffice.relations.forms_profile import CodeForm, PasswordForm, PinForm
from backoffice.relations.models import RecoveryCode
from backoffice.relations.rights import right
from backoffice.relations.services import profile as service
from backoffice.relations.services import two_factor


def before_second_step(view):
    """Mark a view that is open to who still has to set up the second step that the role asks."""
    view.before_second_step = True
    return view


@right("shell")
@require_GET
def profile(request):
    return _page(request)


@right("shell")
@require_GET
def admin_password(request):
    """What the admin links to for another password."""
    return redirect("relations:profile")


@sensitive_post_parameters()
@right("shell")
@require_POST
def change_password(request):
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            with throttle.counted(request, request.user.email, "present"):
                saved = service.change_password(**form.cleaned_data, employee=request.user, key=posted_key(request))
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            update_session_auth_hash(request, saved)  # this log-in goes on, all others end
            messages.success(request, _("Uw wachtwoord is gewijzigd."))
            return redirect("relations:profile")
    return _page(request, password=form)


@sensitive_post_parameters()
@right("shell")
@require_POST
def change_pin(request):
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            with throttle.counted(request, request.user.email, "present"):
                service.change_pin(**form.cleaned_data, employee=request.user, key=posted_key(request))
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Uw pincode is gewijzigd."))
            return redirect("relations:profile")
    return _page(request, pin=form)


@before_second_step
@right("shell")
@require_POST
def two_factor_begin(request):
    two_factor.begin(employee=request.user, key=posted_key(request))
    return redirect("relations:two_factor")


@sensitive_post_parameters()
@before_second_step
@right("shell")
@never_cache
@require_http_methods(["GET", "POST"])
def two_factor_page(request):
    """The QR code and the first code; a right one shows the recovery codes, this once."""
    factor, form = two_factor.begun(request.user), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = two_factor.confirm(employee=request.user, code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            request.session.pop("second_step_needed", None)
            return render(request, "relations/recovery_codes.html", {"codes": codes})
    if factor is None and two_factor.of(request.user):
        return redirect("relations:profile")
    context = {"form": form, "factor": factor, "key": new_key(), "must": two_factor.asked_of(request.user)}
    if factor:
        context["qr"] = drawings.qr_code(two_factor.uri(factor, request.user))
        context["secret"] = two_factor.secret(factor)
    return render(request, "relations/two_factor.html", context, status=422 if request.method == "POST" else 200)


@sensitive_post_parameters()
@right("shell")
@require_POST
def recovery_codes(request):
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = two_factor.renew_codes(employee=request.user, code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return render(request, "relations/recovery_codes.html", {"codes": codes})
    return _page(request, code=form)


@sensitive_post_parameters()
@right("shell")
@require_POST
def two_factor_off(request):
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            two_factor.turn_off(employee=request.user, code=form.cleaned_data["code"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("De tweede stap staat uit."))
            return redirect("relations:profile")
    return _page(request, code=form)


def _page(request, **forms):
    """The page; with a form that was refused it is 422."""
    shown = {"password": PasswordForm(), "pin": PinForm(), "code": CodeForm()} | forms
    factor = two_factor.of(request.user)
    context = {
        "forms": shown, "refused": next(iter(forms.values()), None), "key": new_key(), "factor": factor,
        "codes_left": RecoveryCode.objects.filter(employee=request.user).count() if factor else 0,
        "must": two_factor.asked_of(request.user),
    }  # fmt: skip
    return render(request, "relations/profile.html", context, status=422 if forms else 200)
