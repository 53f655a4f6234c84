"""A second person logs in beside the first, for what one may not decide alone (docs/rules.md, Rights)."""

from django.utils.translation import gettext as _

from backoffice.core import keys
from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.relations import throttle
from backoffice.relations.backends import DeskBackend
from backoffice.relations.models import Employee
from backoffice.relations.services import two_factor
from backoffice.relations.services.secrets import Secret, WrongPassword


def second_person(request) -> Employee | None:
    """Who logged in beside, in the form, as at the login: counted, and with the second step.

    None where nothing is typed. Raises Refusal where that is no login.
    """
    email = request.POST.get("approver_email", "").strip().lower()
    if not email:
        return None
    wrong = WrongPassword(
        "payments.second_login", _("Deze inlog klopt niet. Vul e-mailadres en wachtwoord opnieuw in."), "approver"
    )
    if len(email) > 254 or not email.isprintable():  # nobody's, and the count holds no such name
        raise wrong
    with throttle.counted(request, email, "approver"):
        person = DeskBackend().authenticate(None, username=email, password=request.POST.get("approver_password", ""))
        if person is None:
            raise wrong
    if not keys.is_done(posted_key(request)):  # a code counts once: a form that is sent again has its answer already
        _second_step(person, request.POST.get("approver_code", "").strip())
    return person


def _second_step(person: Employee, code: str) -> None:
    """Raises Refusal where this person needs a second step, and this is no code of it."""
    if two_factor.of(person) is None:
        if two_factor.asked_of(person):
            sentence = _("%(name)s moet eerst zelf inloggen en de tweede stap instellen.") % {"name": person.name}
            raise Refusal("payments.second_setup", sentence, "approver")
        return
    if not code:
        sentence = _("Vul ook de code in van de tweede stap van %(name)s.") % {"name": person.name}
        raise Refusal("payments.second_code", sentence, "approver")
    two_factor.check(employee=person, code=Secret(code))
