"""How the journal is shown: its actions and objects in the words of the shop. What has no word shows as it is."""

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# the last part of an action
VERBS = {
    "login": gettext_lazy("ingelogd"), "logout": gettext_lazy("uitgelogd"),
    "login_failed": gettext_lazy("inloggen mislukt"), "created": gettext_lazy("gemaakt"),
    "changed": gettext_lazy("gewijzigd"), "saved": gettext_lazy("opgeslagen"),
    "confirmed": gettext_lazy("bevestigd"), "amended": gettext_lazy("gewijzigd en bevestigd"),
    "cancelled": gettext_lazy("geannuleerd"), "restored": gettext_lazy("annulering teruggedraaid"),
    "delivered": gettext_lazy("geleverd"), "returned": gettext_lazy("teruggenomen"),
    "deposited": gettext_lazy("aanbetaald"),
    "refunded": gettext_lazy("terugbetaald"), "reversed": gettext_lazy("teruggeboekt"),
    "printed": gettext_lazy("afgedrukt"), "mailed": gettext_lazy("gemaild"), "opened": gettext_lazy("geopend"),
    "closed": gettext_lazy("gesloten"), "exported": gettext_lazy("uitgevoerd"),
    "registered": gettext_lazy("aangemeld op een apparaat"), "released": gettext_lazy("afgemeld van een apparaat"),
    "copied": gettext_lazy("kopie van de browser geweigerd"),
    "price_overridden": gettext_lazy("afwijkende prijs"), "untaxed": gettext_lazy("op verkoop zonder BTW gezet"),
    "anonymised": gettext_lazy("geanonimiseerd"),
    "two_factor_on": gettext_lazy("tweede stap aangezet"), "two_factor_off": gettext_lazy("tweede stap uitgezet"),
    "recovery_codes": gettext_lazy("nieuwe herstelcodes"), "recovery_code_used": gettext_lazy("herstelcode gebruikt"),
}  # fmt: skip
# the first part of an action, as the screen filters
AREAS = [
    ("employee", gettext_lazy("Inloggen")),
    ("setup", gettext_lazy("Beheer")),
    ("sales", gettext_lazy("Verkoop")),
    ("payments", gettext_lazy("Betalingen")),
    ("documents", gettext_lazy("Documenten")),
    ("pos", gettext_lazy("Kassa")),
    ("till", gettext_lazy("Apparaten")),
    ("customer", gettext_lazy("Debiteuren")),
    ("journal", gettext_lazy("Journaal")),
]
REASONS = {
    "password": gettext_lazy("verkeerd wachtwoord"), "code": gettext_lazy("verkeerde code"),
    "locked": gettext_lazy("te vaak geprobeerd"), "inactive": gettext_lazy("medewerker is inactief"),
}  # fmt: skip
PAGES = {
    "sales.SalesOrder": "sales:order", "relations.Customer": "relations:customer",
    "relations.Employee": "relations:employee", "relations.Branch": "relations:branch",
    "relations.Till": "relations:till", "catalog.Article": "catalog:article",
}  # fmt: skip


def verb(action: str) -> str:
    last = action.rpartition(".")[2]
    return str(VERBS.get(last, last.replace("_", " ")))


def subject(object_type: str, object_id: str) -> str:
    """ "verkooporder 12"."""
    try:
        name = str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        name = object_type
    return f"{name} {object_id}"


def page(object_type: str, object_id: str) -> str:
    """The address of the object's own page, or nothing."""
    try:
        return reverse(PAGES[object_type], args=[int(object_id)])
    except (KeyError, ValueError, NoReverseMatch):
        return ""


def told(data: dict) -> list[str]:
    """The particulars of an entry, a line each."""
    lines = []
    for name, value in data.items():
        if name == "changed" and isinstance(value, dict):
            lines += [_change(field, pair) for field, pair in value.items()]
        elif name == "reason" and value in REASONS:
            lines.append(str(REASONS[value]))
        else:
            lines.append(f"{name.replace('_', ' ')}: {_plain(value)}")
    return lines


def _change(field: str, pair) -> str:
    name = field.replace("_", " ")
    if isinstance(pair, list) and len(pair) == 2:
        return f"{name}: {pair[0] or '–'} → {pair[1] or '–'}"
    return _("%(field)s is gewijzigd") % {"field": name}


def _plain(value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value)
    return "–" if value in (None, "") else str(value)
