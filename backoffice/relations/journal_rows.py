"""The entries of one page of the journal as the screen shows them: what, about what, and the particulars."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateField, DecimalField, Field, ForeignKey, JSONField, Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import format_amount, format_date
from backoffice.core.models import JournalEntry
from backoffice.relations.journal_words import PEOPLE, THINGS, Thing, said
from backoffice.relations.models import Branch, Employee, EmployeeRole

EMPLOYEE, BRANCH = Employee._meta.label, Branch._meta.label
# why a log-in failed
REASONS = {
    "password": gettext_lazy("Verkeerd wachtwoord"), "code": gettext_lazy("Verkeerde code"),
    "locked": gettext_lazy("Te vaak geprobeerd"), "inactive": gettext_lazy("Medewerker is inactief"),
}  # fmt: skip
# what changed although it is no field with a name of its own
NAMES = {
    "password": gettext_lazy("Wachtwoord"), "pin": gettext_lazy("Pincode"), "roles": gettext_lazy("Rollen"),
    "sizes": gettext_lazy("Maten"), "device_token_hash": gettext_lazy("Apparaat"),
}  # fmt: skip
Key = tuple[str, str]  # label of a model, id


def drawn(entries: Iterable[JournalEntry]) -> list[dict]:
    """[{"entry", "said", "subject", "key", "url", "told"}], in one statement per kind of object."""
    entries = list(entries)
    found = objects({key for entry in entries for key in _named_in(entry)})
    rows = []
    for entry in entries:
        key = (entry.object_type, entry.object_id)
        subject, url = named(key, found)
        rows.append({"entry": entry, "said": said(entry.action, entry.data), "subject": subject, "url": url,
                     "key": ":".join(key), "told": _told(entry, found)})  # fmt: skip
    return rows


def objects(keys: Iterable[Key]) -> dict[Key, Model]:
    """The rows that these name, as far as they are still there."""
    wanted: dict[str, set] = {}
    for label, pk in keys:
        wanted.setdefault(label, set()).add(pk)
    found: dict[Key, Model] = {}
    for label, ids in wanted.items():
        model = _model(label)
        if model is not None:
            rows = THINGS.get(label, Thing()).read(model._default_manager.all())
            found |= {(label, str(row.pk)): row for row in rows.filter(pk__in=filter(partial(_is_id, model), ids))}
    return found


def _is_id(model: type[Model], text: str) -> bool:
    try:
        model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True


def named(key: Key, found: dict[Key, Model]) -> tuple[str, str]:
    """An object in words, and the address of its own page or nothing."""
    row, model, thing = found.get(key), _model(key[0]), THINGS.get(key[0], Thing())
    kind = str(model._meta.verbose_name) if model else ""
    if row is None:
        return _("%(what)s die er niet meer is") % {"what": kind or _("iets")}, ""
    return thing.named(row) if thing.named else f"{kind} {row}", _url(thing, row)


def _url(thing: Thing, row: Model) -> str:
    taken = thing.takes(row) if thing.page else None
    return reverse(thing.page, args=[taken]) if taken else ""


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _named_in(entry: JournalEntry) -> Iterator[Key]:
    """Everything that the entry names by id."""
    yield entry.object_type, entry.object_id
    yield from ((EMPLOYEE, str(pk)) for _text, pk in _people(entry))
    for name, pair in _changed(entry):
        field = _field(entry, name)
        values = [str(value) for value in pair if value]
        if isinstance(field, ForeignKey):
            yield from ((field.related_model._meta.label, value) for value in values)
        elif name == "roles":
            yield from ((BRANCH, grant.partition("@")[2]) for value in values for grant in value.split())


def _people(entry: JournalEntry) -> list[tuple[Any, int]]:
    return [
        (text, entry.data[name])
        for (action, name), text in PEOPLE.items()
        if action in ("", entry.action) and entry.data.get(name)
    ]


def _changed(entry: JournalEntry) -> list[tuple[str, list]]:
    changed = entry.data.get("changed")
    return list(changed.items()) if isinstance(changed, dict) else []


def _field(entry: JournalEntry, name: str) -> Field | None:
    model = _model(entry.object_type)
    fields = [*model._meta.fields, *model._meta.many_to_many] if model else []
    return next((field for field in fields if name in (field.name, field.attname)), None)


def _told(entry: JournalEntry, found: dict[Key, Model]) -> list[str]:
    """The particulars, a line each: what a field was and is, why, and who agreed."""
    lines = [_change(entry, name, pair, found) for name, pair in _changed(entry)]
    if reason := entry.data.get("reason"):
        known = REASONS.get(reason) if entry.action == "employee.login_failed" else None
        lines.append(str(known) if known else _("Reden: %(reason)s") % {"reason": reason})
    for text, pk in _people(entry):
        lines.append(str(text) % {"name": found.get((EMPLOYEE, str(pk)), "–")})
    return lines


def _change(entry: JournalEntry, name: str, pair: list, found: dict[Key, Model]) -> str:
    field = _field(entry, name)
    label = str(NAMES.get(name) or getattr(field, "verbose_name", None) or name)
    if len(pair) != 2 or isinstance(field, JSONField):
        return _("%(field)s is gewijzigd") % {"field": label}
    if name == "roles":
        old, new = (_roles(value, found) for value in pair)
    else:
        old, new = (_value(field, value, found) for value in pair)
    return f"{label}: {old or '–'} → {new or '–'}"


def _value(field: Field | None, value: str, found: dict[Key, Model]) -> str:
    """A value of a field, which the journal keeps as text, as a form shows it."""
    if field is None or not value or value == "None":
        return value if field is None else ""
    if isinstance(field, BooleanField):
        return _("ja") if value == "True" else _("nee")
    if isinstance(field, ForeignKey):
        return str(found.get((field.related_model._meta.label, value), "–"))
    if isinstance(field, DecimalField):
        return format_amount(value) or value
    if isinstance(field, DateField):
        return format_date(date.fromisoformat(value))
    return str(dict(field.flatchoices).get(value, value))


def _roles(grants: str, found: dict[Key, Model]) -> str:
    """ "manager@3 office@all" as services.employees keeps it."""
    told = []
    for grant in grants.split():
        role, _at, branch = grant.partition("@")
        label = dict(EmployeeRole.Role.choices).get(role, role)
        told.append(f"{label}, {found.get((BRANCH, branch), _('alle filialen'))}")
    return "; ".join(told)
