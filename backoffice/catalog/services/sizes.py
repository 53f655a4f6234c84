"""Size ranges with their sizes, as one change."""

from django.utils.translation import gettext as _

from backoffice.catalog.models import Size, SizeRange, Variant
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.services.setup import guard, record

LONGEST = Size._meta.get_field("label").max_length


@keyed("catalog.size_range.save")
def save(*, employee, branch_id: int | None, name: str, labels: list[str], range_id: int | None = None) -> SizeRange:
    """Make or change a size range: its sizes in the order given. A size in use cannot be left out; refused then."""
    guard(employee)
    labels = list(dict.fromkeys(labels))
    if any(len(label) > LONGEST for label in labels):  # type: ignore[operator]
        raise Refusal("size_range.long", _("Een maat heeft hooguit 20 tekens."), "sizes")
    if not labels:
        raise Refusal("size_range.empty", _("Vul ten minste één maat in."), "sizes")
    if SizeRange.objects.filter(name=name).exclude(pk=range_id).exists():  # type: ignore[misc]
        raise Refusal("size_range.name", _("Maatbalk %s bestaat al.") % name, "name")
    found = SizeRange.objects.select_for_update().filter(pk=range_id).first() if range_id else SizeRange()
    if found is None:
        raise Refusal("setup.gone", _("Dit bestaat niet meer."))
    known = {size.label: size for size in found.sizes.order_by("position")} if found.pk else {}
    before = {"name": found.name, "sizes": " ".join(known)}
    found.name = name
    found.save()
    gone = [size for label, size in known.items() if label not in labels]
    used = Variant.objects.filter(size__in=gone).select_related("size", "article").first()
    if used is not None:
        raise Refusal(
            "size.used",
            _("Maat %(size)s is in gebruik bij %(article)s.") % {"size": used.size, "article": used.article},
            "sizes",
        )
    Size.objects.filter(pk__in=[size.pk for size in gone]).delete()
    for position, label in enumerate(labels, 1):
        size = known.get(label) or Size(size_range=found, label=label)
        size.position = position
        size.save()
    after = {"name": name, "sizes": " ".join(labels)}
    changed = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    record(found, "changed" if range_id else "created", employee, branch_id, changed)
    return found
