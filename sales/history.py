"""Geschiedenis: the versions of an order and every journalled event about it, in words.

A floor above adds how its own actions read, in AppConfig.ready: history.EVENTS["payments.deposit"] = lambda data: ….
Each takes the data of the journal row. Such a row is written with about=order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core.formats import format_quantity
from backoffice.core.models import JournalEntry
from sales.models import OrderVersion, SalesOrder
from sales.services import versions

EVENTS: dict[str, Callable[[dict], str]] = {
    "sales.amendment.taken_over": lambda data: _("Wijziging overgenomen"),
    "sales.amendment.discarded": lambda data: _("Wijziging verworpen"),
    "sales.price_overridden": lambda data: _("Prijs toegestaan: %(reason)s") % {"reason": _reasons(data)},
    "sales.order.delivered": lambda data: _delivered(_("%s geleverd"), data),
    "sales.order.delivery_cancelled": lambda data: _delivered(_("Levering van %s teruggedraaid"), data),
    "till.line_removed": lambda data: _("Regel van de bon gehaald"),
    "till.order_opened": lambda data: _("Geopend aan de kassa"),
    "till.order_put_away": lambda data: _("Teruggelegd door de kassa"),
    "sales.quotation.converted": lambda data: _("Omgezet in order %(number)s") % {"number": data["number"]},
}
# the mark before an event in the timeline: money
MONEY = ("payments.",)


@dataclass
class Event:
    """One thing that happened. version: what was confirmed then; changes: [{label, title, old, new}]."""

    at: datetime
    who: str
    text: str
    kind: str = ""
    version: OrderVersion | None = None
    changes: list[dict] = field(default_factory=list)
    pdf_url: str = ""


def events_of(order: SalesOrder) -> list[Event]:
    """All that happened to a confirmed order, newest first. Indexes: order_version_once, journal_of_object."""
    found = [_of_version(version, before) for version, before in _pairs(order.versions.select_related("employee"))]
    return _in_order(found + [_of_entry(entry) for entry in _entries(order)])


def shortly(order: SalesOrder, limit: int = 8) -> list[Event]:
    """The last events, for the panel beside the lines; without values of personal fields."""
    newest = order.versions.select_related("employee").defer("snapshot", "personal").order_by("-version")[:limit]
    found = [Event(v.at, str(v.employee), said(v), version=v, changes=v.changes) for v in newest]
    return _in_order(found + [_of_entry(entry) for entry in _entries(order).order_by("-pk")[:limit]])[:limit]


def said(version: OrderVersion) -> str:
    """A version in words."""
    words = {"action": version.get_action_display(), "version": version.version}
    return _("%(action)s, versie %(version)s") % words


def _in_order(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.at, reverse=True)


def _pairs(queryset):
    before = None
    for version in queryset.order_by("version"):
        yield version, before
        before = version


def _of_version(version: OrderVersion, before: OrderVersion | None) -> Event:
    changes = versions.between(before, version) or version.changes
    return Event(version.at, str(version.employee), said(version), version=version, changes=changes)


def _entries(order: SalesOrder):
    about = JournalEntry.objects.filter(object_type=SalesOrder._meta.label, object_id=str(order.pk))
    return about.exclude(action__in=versions.EVENTS.values()).select_related("employee")


def _of_entry(entry: JournalEntry) -> Event:
    read = EVENTS.get(entry.action)
    kind = "money" if entry.action.startswith(MONEY) else ""
    return Event(entry.at, str(entry.employee or ""), read(entry.data) if read else entry.action, kind)


def _delivered(text: str, data: dict) -> str:
    """A delivery in words, with the number of its paper."""
    pieces = sum((abs(Decimal(quantity)) for quantity in data["lines"].values()), Decimal(0))
    said = text % (ngettext("%s stuk", "%s stuks", 1 if pieces == 1 else 2) % format_quantity(pieces))
    return f"{data['slip']}, {said}" if data.get("slip") else said


def _reasons(data: dict) -> str:
    return ", ".join(dict.fromkeys(line["reason"] for line in data.get("lines", ()) if line.get("reason")))
