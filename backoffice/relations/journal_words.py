"""How the journal reads: every action and every object in the words of the shop.

Each app adds its own in AppConfig.ready, from its module journal_words. An action without words fails a test
(tests/test_journal_words.py), not the screen. `manage.py journal export` keeps the names of the actions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import format_date, format_datetime
from backoffice.relations.models import VatMode

# what was done: a text, or what makes one of the data of the entry
ACTIONS: dict[str, Any] = {}
# the key of data that names another employee by id, by action ("" is any), and how that reads
PEOPLE: dict[tuple[str, str], Any] = {("", "approved_by"): gettext_lazy("Akkoord van %(name)s")}


@dataclass(frozen=True)
class Thing:
    """What an entry can be about. named: a row of it in words, else its verbose_name and str().

    page: the URL name of its own page, and what of the row it takes; read: reads along what named() asks.
    """

    named: Callable[[Any], str] | None = None
    page: str = ""
    takes: Callable[[Any], object] = lambda row: row.pk
    read: Callable[[QuerySet], QuerySet] = lambda rows: rows


THINGS: dict[str, Thing] = {}  # by the label of the model

# the first part of an action, as the screen filters
AREAS = [
    ("employee", gettext_lazy("Inloggen")),
    ("setup", gettext_lazy("Beheer")),
    ("catalog", gettext_lazy("Voorraad")),
    ("sales", gettext_lazy("Verkoop")),
    ("payments", gettext_lazy("Betalingen")),
    ("documents", gettext_lazy("Documenten")),
    ("till", gettext_lazy("Kassa")),
    ("customer", gettext_lazy("Debiteuren")),
    ("operator", gettext_lazy("Systeem")),
    ("journal", gettext_lazy("Journaal")),
]


def said(action: str, data: dict) -> str:
    """What was done, in words."""
    words = ACTIONS.get(action, action)
    return words(data) if callable(words) else str(words)


def add_setup(model: type[Model], page: str, **thing) -> None:
    """The words of a set-up table, which services.setup.save writes; page: the URL name of a row."""

    def saved(text):
        return lambda data: text % {"what": capfirst(model._meta.verbose_name)}

    THINGS[model._meta.label] = Thing(page=page, **thing)
    ACTIONS[f"setup.{model._meta.model_name}.created"] = saved(gettext_lazy("%(what)s gemaakt"))
    ACTIONS[f"setup.{model._meta.model_name}.changed"] = saved(gettext_lazy("%(what)s gewijzigd"))


def vat_mode(data: dict) -> str:
    """Why BTW does not count on an order or for a customer."""
    return _("Op verkoop zonder BTW gezet: %(mode)s") % {"mode": VatMode(data["vat_mode"]).label}


def _exported(data: dict) -> str:
    days = {name: format_date(date.fromisoformat(data[name])) for name in ("from", "to")}
    return _("Journaal uitgevoerd van %(from)s t/m %(to)s") % days


def add() -> None:
    """What this app and core write."""
    add_setup(apps.get_model("relations.Branch"), "relations:branch")
    add_setup(apps.get_model("relations.Till"), "relations:till", read=lambda rows: rows.select_related("branch"))
    add_setup(apps.get_model("relations.Employee"), "relations:employee")
    THINGS["relations.Customer"] = Thing(page="relations:customer")
    THINGS["core.OutboxMessage"] = Thing(lambda row: _("bericht van %(at)s") % {"at": format_datetime(row.created_at)})
    ACTIONS.update({
        "employee.login": gettext_lazy("Ingelogd"),
        "employee.logout": gettext_lazy("Uitgelogd"),
        "employee.login_failed": gettext_lazy("Inloggen mislukt"),
        "employee.changed": gettext_lazy("Eigen gegevens gewijzigd"),
        "employee.two_factor_on": gettext_lazy("Tweede stap aangezet"),
        "employee.two_factor_off": gettext_lazy("Tweede stap uitgezet"),
        "employee.recovery_codes": gettext_lazy("Nieuwe herstelcodes gemaakt"),
        "employee.recovery_code_used": lambda data: _("Herstelcode gebruikt, nog %(left)s over") % data,
        "customer.anonymised": gettext_lazy("Debiteur geanonimiseerd"),
        "customer.untaxed": vat_mode,
        "till.device.registered": gettext_lazy("Kassa aangemeld op een apparaat"),
        "till.device.released": gettext_lazy("Kassa afgemeld van een apparaat"),
        "till.device.copied": gettext_lazy("Kopie van de browser van de kassa geweigerd"),
        "operator.outbox.retried": gettext_lazy("Bericht opnieuw geprobeerd"),
        "journal.exported": _exported,
    })  # fmt: skip
