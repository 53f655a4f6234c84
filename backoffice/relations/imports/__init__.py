"""Import of customers: what settings.IMPORTERS names."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import format_quantity
from backoffice.core.imports.importer import Importer
from backoffice.relations.imports.fields import FIELDS
from backoffice.relations.imports.plan import Plan
from backoffice.relations.imports.reading import check
from backoffice.relations.imports.writing import apply
from backoffice.relations.models import Customer

__all__ = ["CUSTOMERS"]


def counts(plan: Plan) -> dict[str, int]:
    new = sum(one.known is None for one in plan.customers)
    changed = sum(one.changes for one in plan.customers)
    return {
        "customers": len(plan.customers),
        "customers_new": new,
        "customers_changed": changed,
        "customers_skipped": plan.skipped,
        "created": new,
        "updated": changed,
    }


def sentence(counts: dict[str, int]) -> str:
    """ "312 debiteuren"."""
    found = counts.get("customers", 0)
    return f"{format_quantity(found)} {_('debiteur') if found == 1 else _('debiteuren')}"


def facts(counts: dict[str, int]) -> list[tuple[str, int]]:
    found = [
        (_("Nieuwe debiteuren"), counts["customers_new"]),
        (_("Gewijzigde debiteuren"), counts["customers_changed"]),
    ]
    skipped = counts.get("customers_skipped", 0)
    return [*found, (_("Overgeslagen"), skipped)] if skipped else found


def doubts(plan: Plan) -> list[tuple[int, str, str]]:
    """Which rows may be about customers who are there, and who these are."""
    found = []
    for one in plan.doubts:
        others = "; ".join(_described(other) for other in one.others[:3])
        text = _("Het nummer is van %(others)s") if one.number_taken else _("Lijkt op %(others)s")
        found.append((one.row, one.name, text % {"others": others}))
    return found


def _described(customer: Customer) -> str:
    more = customer.email or next((a.city for a in customer.addresses.all() if a.city), "")
    return f"{customer}, {more}" if more else str(customer)


def shown(plan: Plan, limit: int) -> tuple[list[str], list[list[str]]]:
    """The first customers as they are read."""
    header = [_("Rij"), _("Debiteurnummer"), _("Soort"), _("Naam"), _("E-mail"), _("Telefoon"), _("Adres"),
              _("Postcode"), _("Plaats"), _("Land")]  # fmt: skip
    kinds = dict(Customer.Kind.choices)
    rows = []
    for one in plan.customers[:limit]:
        address, values = one.address, one.values
        street = " ".join(address[name] for name in ("street", "house_number", "addition") if address.get(name))
        name = values.get("company") or " ".join(
            part for part in (values.get(n, "") for n in ("first_name", "infix", "last_name")) if part
        )
        place = [address.get(n, "") for n in ("postcode", "city", "country")]
        rows.append([str(one.row), str(one.number or _("volgt")), str(kinds[values["kind"]]), name,
                     values.get("email", ""), values.get("phone", ""), street, *place])  # fmt: skip
    return header, rows


CUSTOMERS = Importer(
    kind="customers",
    fields=FIELDS,
    check=check,
    apply=apply,
    counts=counts,
    sentence=sentence,
    facts=facts,
    shown=shown,
    doubts=doubts,
    figures=(gettext_lazy("Rij"), gettext_lazy("Debiteurnummer")),
)
