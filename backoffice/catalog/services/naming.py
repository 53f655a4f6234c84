"""Brands and article groups by their name, however it is spelt: found by the fold, made when they are new."""

from collections.abc import Iterable

from backoffice.catalog.models import ArticleGroup, Brand
from backoffice.core.search import fold


def brand_ids(names: Iterable[str]) -> dict[str, int]:
    """{name as given: id}; a brand that is there in another spelling is that brand, else the first spelling is kept."""
    names = list(names)
    exact, folded = _known(Brand.objects.order_by("pk").values_list("name", "pk"))
    missing: dict[str, str] = {}
    for name in names:
        if name not in exact and fold(name) not in folded:
            missing.setdefault(fold(name), name)
    made = Brand.objects.bulk_create(Brand(name=name) for name in missing.values())
    folded |= {fold(one.name): one.pk for one in made}
    return {name: exact.get(name) or folded[fold(name)] for name in names}


def group_ids(paths: Iterable[str]) -> dict[str, int]:
    """{path as given: id}, with the groups above made as well; "DAMES/Rokken" goes under a "Dames" that is there."""
    exact, folded = _known(ArticleGroup.objects.order_by("pk").values_list("path", "pk"))
    spelt = {pk: path for path, pk in exact.items()}
    found = {}
    for path in paths:
        pk, above = 0, ""
        for part in path.split("/"):
            node = f"{above}/{part}" if above else part
            pk = exact.get(node) or folded.get(fold(node)) or 0
            if not pk:
                pk = ArticleGroup.objects.create(path=node).pk
                exact[node] = folded[fold(node)] = pk
                spelt[pk] = node
            above = spelt[pk]
        found[path] = exact.get(path) or pk
    return found


def tidied(path: str) -> str:
    """A path with single spaces and without empty parts; "Dames > Truien" is "Dames/Truien"."""
    parts = [" ".join(part.split()) for part in path.replace(">", "/").split("/")]
    return "/".join(part for part in parts if part)


def _known(rows) -> tuple[dict[str, int], dict[str, int]]:
    exact = dict(rows)
    folded: dict[str, int] = {}
    for name, pk in exact.items():
        folded.setdefault(fold(name), pk)
    return exact, folded
