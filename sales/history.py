"""Geschiedenis: the versions of an order and every event that is journalled about it, in the words of the journal."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from backoffice.core.models import JournalEntry
from backoffice.relations import journal_words
from sales.models import OrderVersion, SalesOrder
from sales.services import versions

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
    kind = "money" if entry.action.startswith(MONEY) else ""
    return Event(entry.at, str(entry.employee or ""), journal_words.said(entry.action, entry.data), kind)
