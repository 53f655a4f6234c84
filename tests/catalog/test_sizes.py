"""Maatbalken: sizes in the order given, kept while an article uses them."""

import pytest

from backoffice.catalog.models import Size, SizeRange, Variant
from backoffice.catalog.services import sizes
from backoffice.core.errors import Refusal
from backoffice.core.keys import new_key
from backoffice.core.models import JournalEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return factories.branch()


@pytest.fixture
def save(branch):
    """Save a size range as the administrator does: save("Schoenen", "36 37")."""
    ilse = factories.employee("admin")

    def call(name: str, labels: str, range_id: int | None = None, employee=ilse, **more) -> SizeRange:
        return sizes.save(
            name=name, labels=labels.split(), range_id=range_id, branch_id=branch.pk, employee=employee, **more
        )

    return call


def order(bar: SizeRange) -> list[tuple[str, int]]:
    return list(bar.sizes.order_by("position").values_list("label", "position"))


def test_the_sizes_stand_in_the_order_typed(save):
    bar = save("Kleding", "XS S M L XL XXL")
    assert order(bar) == [("XS", 1), ("S", 2), ("M", 3), ("L", 4), ("XL", 5), ("XXL", 6)]
    assert JournalEntry.objects.get().data["changed"]["sizes"] == ["", "XS S M L XL XXL"]


def test_a_size_typed_twice_is_one_size(save):
    assert order(save("Schoenen", "36 36½ 36 37")) == [("36", 1), ("36½", 2), ("37", 3)]


def test_a_second_click_makes_no_second_range(save):
    key = new_key()
    assert save("Schoenen", "36 37", key=key) == save("Schoenen", "36 37", key=key)
    assert (SizeRange.objects.count(), Size.objects.count(), JournalEntry.objects.count()) == (1, 2, 1)


def test_a_new_order_a_new_size_and_a_size_less_keep_what_articles_use(save):
    boot = factories.article("70402", colours=["Zwart"], sizes=["36", "38"])
    bar, used = boot.size_range, factories.variant(boot, "Zwart", "38").size
    save("Dames 36-42", "37 38 36", range_id=bar.pk)
    assert order(bar) == [("37", 1), ("38", 2), ("36", 3)]
    assert factories.variant(boot, "Zwart", "38").size == used
    save("Dames 36-42", "38 36", range_id=bar.pk)
    assert order(bar) == [("38", 1), ("36", 2)]
    assert Variant.objects.count() == 2


def test_a_size_in_use_is_not_left_out_and_nothing_changes(save):
    boot = factories.article("70402", "Chelsea boot", colours=["Zwart"], sizes=["36", "37"])
    before = (boot.size_range.name, order(boot.size_range))
    with pytest.raises(Refusal) as refused:
        save("Anders", "40 36", range_id=boot.size_range_id)
    assert (refused.value.code, refused.value.field) == ("size.used", "sizes")
    assert refused.value.message == "Maat 37 is in gebruik bij 70402 · Chelsea boot."
    bar = SizeRange.objects.get()
    assert (bar.name, order(bar)) == before
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize(
    "name, labels, code, field",
    [
        ("Schoenen", "40 41", "size_range.name", "name"),
        ("Kleding", "", "size_range.empty", "sizes"),
        ("Kleding", "S " + "M" * 21, "size_range.long", "sizes"),
    ],
    ids=["a name that exists", "no sizes", "a size of 21 characters"],
)
def test_a_wrong_range_is_refused_at_its_field_and_nothing_is_made(save, name, labels, code, field):
    save("Schoenen", "36 37")
    with pytest.raises(Refusal) as refused:
        save(name, labels)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert (SizeRange.objects.count(), Size.objects.count()) == (1, 2)


def test_a_range_that_is_gone_is_not_made_again(save):
    with pytest.raises(Refusal) as refused:
        save("Schoenen", "36", range_id=999)
    assert (refused.value.code, SizeRange.objects.count()) == ("setup.gone", 0)


@pytest.mark.parametrize("role", ["seller", "manager", "office"])
def test_only_the_administrator_changes_sizes(save, branch, role):
    with pytest.raises(Refusal) as refused:
        save("Schoenen", "36", employee=factories.employee(role, branch))
    assert (refused.value.code, SizeRange.objects.count()) == ("setup.right", 0)
