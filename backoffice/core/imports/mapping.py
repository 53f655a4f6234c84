"""Which column of a file feeds which of our fields: recognised, proposed from an earlier file, or chosen."""

import re

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.imports.importer import Importer
from backoffice.core.models import ImportMapping
from backoffice.core.search import fold


def plain(header: str) -> str:
    """A header without case, accents, spaces and signs: "Option1 Value" -> "option1value"."""
    return re.sub("[^a-z0-9]", "", fold(header))


def recognise(importer: Importer, header: list[str]) -> dict[str, str]:
    """Every header with the field that it names, or with nothing; the first synonym that fits wins."""
    columns = dict.fromkeys(header, "")
    by_name: dict[str, str] = {}
    for name in header:
        by_name.setdefault(plain(name), name)
    for one in importer.fields:
        for synonym in (one.label, one.name, *one.synonyms):
            found = by_name.get(plain(str(synonym)))
            if found is not None and not columns[found]:
                columns[found] = one.name
                break
    return columns


def propose(importer: Importer, header: list[str]) -> tuple[dict[str, str], str]:
    """The columns for this header, and the name of the kept mapping that they come from (or nothing)."""
    known = {one.name for one in importer.fields}
    for kept in ImportMapping.objects.filter(kind=importer.kind).order_by("-pk"):
        if set(kept.columns) == set(header) and set(kept.columns.values()) - {""} <= known:
            return {name: kept.columns[name] for name in header}, kept.name
    return recognise(importer, header), ""


def named(importer: Importer, name: str, header: list[str]) -> dict[str, str]:
    """The kept mapping of this name, on this header. Raises Refusal where it is unknown or does not fit."""
    kept = ImportMapping.objects.filter(kind=importer.kind, name=name).first()
    if kept is None:
        raise Refusal("import.mapping", _("Er is geen indeling met de naam “%(name)s”.") % {"name": name})
    missing = [column for column, target in kept.columns.items() if target and column not in header]
    if missing:
        raise Refusal(
            "import.mapping",
            _("Het bestand mist de kolom “%(column)s” van de indeling “%(name)s”.")
            % {"column": missing[0], "name": name},
        )
    return {column: kept.columns.get(column, "") for column in header}


def places(importer: Importer, header: list[str], columns: dict[str, str]) -> dict[str, int]:
    """{field: column number}. Raises Refusals where a field is chosen twice or a required one is missing."""
    found: dict[str, int] = {}
    refusals = []
    for index, name in enumerate(header):
        target = columns.get(name, "")
        if not target:
            continue
        label = importer.field(target).label
        if target in found:
            refusals.append(
                Refusal(
                    "import.column_twice",
                    _("%(field)s is aan twee kolommen gegeven: “%(first)s” en “%(second)s”.")
                    % {"field": label, "first": header[found[target]], "second": name},
                    f"column-{index}",
                )
            )
        else:
            found[target] = index
    refusals += [
        Refusal("import.column_missing", _("Kies de kolom voor %(field)s.") % {"field": one.label})
        for one in importer.fields
        if one.required and one.name not in found
    ]
    if refusals:
        raise Refusals(refusals)
    return found


def keep(importer: Importer, name: str, columns: dict[str, str]) -> None:
    """Keep the columns under this name, for the next file with the same header."""
    ImportMapping.objects.filter(kind=importer.kind, name=name).delete()
    ImportMapping.objects.create(kind=importer.kind, name=name, columns=columns)
