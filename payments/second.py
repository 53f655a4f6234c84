"""A second person logs in beside the first, for what one may not decide alone (rules.md, Rights)."""

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal


def second_person(request):
    """Who logged in beside: by e-mail and password in the form, throttled as the login is; None where nothing is typed.

    Raises Refusal where that is no login.
    """
    email = request.POST.get("approver_email", "").strip().lower()
    if not email:
        return None
    found = authenticate(request=request, username=email, password=request.POST.get("approver_password", ""))
    if found is None:
        raise Refusal(
            "payments.second_login", _("Deze inlog klopt niet. Vul e-mailadres en wachtwoord opnieuw in."), "approver"
        )
    return found
