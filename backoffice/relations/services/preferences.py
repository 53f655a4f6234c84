"""What an employee set for oneself, whatever the browser: no right beyond one's own, and no journal."""

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import SCAN_PREFIXES, Employee

SCAN_PREFIX = "scan_prefix"


@keyed("relations.preferences.scan_prefix")
def set_scan_prefix(*, employee, prefix: str) -> Employee:
    """Keep the key that the scanner of this employee's desk sends before each code ("F9"); empty for none."""
    if prefix and prefix not in SCAN_PREFIXES:
        raise Refusal("scan_prefix.unknown", _("Kies een toets uit de lijst."), "prefix")
    person = Employee.objects.select_for_update().get(pk=employee.pk)
    person.preferences[SCAN_PREFIX] = prefix
    person.save(update_fields=["preferences"])
    return person
