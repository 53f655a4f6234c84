"""How what is printed, mailed and exported of an order reads in its history (sales.history.EVENTS)."""

from collections.abc import Callable

from django.utils.translation import gettext as _

EVENTS: dict[str, Callable[[dict], str]] = {
    "documents.order.printed": lambda data: _("Afgedrukt"),
    "documents.slip.printed": lambda data: _("Pakbon %(slip)s afgedrukt") % {"slip": data["slip"]},
    "documents.mail.queued": lambda data: _("Mail klaargezet"),
    "documents.mail.retried": lambda data: _("Mail opnieuw klaargezet"),
    "documents.exported": lambda data: _("Geëxporteerd als %(form)s") % {"form": data["format"].upper()},
}
