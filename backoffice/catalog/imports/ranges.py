"""Size ranges for the plan: one per distinct set of sizes, shared by all articles that have these sizes."""

from backoffice.catalog.imports import sizes
from backoffice.catalog.imports.plan import ArticlePlan, Plan
from backoffice.catalog.models import Size, SizeRange, Variant
from backoffice.core.db import bulk
from backoffice.core.search import fold


class Ranges:
    """Finds or makes the range of every article; write() makes what is new, repoint() moves old variants along."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.names = dict(SizeRange.objects.values_list("pk", "name"))
        self.by_name = {fold(name): pk for pk, name in self.names.items()}
        self.labels: dict[int, dict[str, str]] = {pk: {} for pk in self.names}  # range -> {key: label}
        self.ids: dict[int, dict[str, int]] = {pk: {} for pk in self.names}  # range -> {key: size id}
        for pk, range_id, label in Size.objects.order_by("position", "pk").values_list("pk", "size_range_id", "label"):
            self.labels[range_id].setdefault(sizes.key(label), label)
            self.ids[range_id].setdefault(sizes.key(label), pk)
        self.by_set: dict[frozenset[str], int] = {}
        for pk, labels in sorted(self.labels.items()):
            self.by_set.setdefault(frozenset(labels), pk)
        self.made: list[int] = []
        self.grown: set[int] = set()
        self.chosen: list[tuple[ArticlePlan, int]] = []

    def of(self, article: ArticlePlan) -> int | None:
        """The id of the article's range; None where it has no sizes."""
        wanted = {key: variant.size for (_colour, key), variant in article.variants.items() if key}
        current = article.known["size_range_id"] if article.known else None
        for (_colour, key), variant in self.plan.variants.get(article.id, {}).items():
            if key:
                wanted[key] = variant[4]  # as it is written already
        if article.size_range and wanted:
            chosen: int | None = self._named(article.size_range, wanted, current)
        elif not wanted or (current and set(wanted) <= set(self.labels[current])):
            chosen = current
        else:
            chosen = self.by_set.get(frozenset(wanted)) or self._make(wanted, "")
        if chosen is not None:
            self.chosen.append((article, chosen))
        return chosen

    def _named(self, name: str, wanted: dict[str, str], current: int | None) -> int:
        chosen = current if current and fold(self.names[current]) == fold(name) else self.by_name.get(fold(name))
        if chosen is None:
            return self._make(wanted, name)
        missing = {key: label for key, label in wanted.items() if key not in self.labels[chosen]}
        if missing:
            self.labels[chosen] |= missing
            self.grown.add(chosen)
        return chosen

    def _make(self, wanted: dict[str, str], name: str) -> int:
        (made,) = bulk.reserve_ids(SizeRange, 1)
        labels = sizes.ordered(wanted.values())
        name = name or sizes.range_name(labels, set(self.by_name))
        self.names[made], self.by_name[fold(name)] = name, made
        self.labels[made], self.ids[made] = dict(wanted), {}
        self.by_set.setdefault(frozenset(wanted), made)
        self.made.append(made)
        self.grown.add(made)
        return made

    def write(self) -> None:
        """Make the new ranges and sizes, in the order of sizes, and give every article its size ids."""
        bulk.copy(SizeRange, ["id", "name"], ((made, self.names[made]) for made in self.made))
        new: list[tuple[int, int, str]] = []
        moved: list[tuple[int, int]] = []
        for range_id in sorted(self.grown):
            keys = {label: key for key, label in self.labels[range_id].items()}
            there = [label for label in keys if keys[label] in self.ids[range_id]]
            added = [label for label in keys if keys[label] not in self.ids[range_id]]
            for position, label in enumerate(sizes.grown(there, added), 1):
                size_id = self.ids[range_id].get(keys[label])
                if size_id:
                    moved.append((size_id, position))
                else:
                    new.append((range_id, position, label))
        ids = bulk.reserve_ids(Size, len(new))
        bulk.copy(
            Size,
            ["id", "size_range_id", "position", "label"],
            ((pk, range_id, position, label) for pk, (range_id, position, label) in zip(ids, new, strict=True)),
        )
        bulk.update(Size, ["position"], moved)
        for pk, (range_id, _position, label) in zip(ids, new, strict=True):
            self.ids[range_id][sizes.key(label)] = pk
        for article, range_id in self.chosen:
            article.size_ids = self.ids[range_id]

    def repoint(self) -> None:
        """Variants that are there already go along to their article's new range."""
        moved = []
        for article, range_id in self.chosen:
            for (_colour, key), variant in self.plan.variants.get(article.id, {}).items():
                size_id = self.ids[range_id].get(key)
                if key and size_id and size_id != variant[5]:
                    moved.append((variant[0], size_id))
        bulk.update(Variant, ["size_id"], moved)
