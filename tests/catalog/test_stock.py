"""Stock per branch: reserving, releasing, issuing, what the branch allows below stock, the race for the last piece."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from backoffice.catalog import stock
from backoffice.catalog.models import StockLevel, StockMove
from backoffice.core.errors import Refusal
from tests import factories


def level(branch, variant) -> tuple[Decimal, Decimal]:
    row = StockLevel.objects.filter(branch=branch, variant=variant).first()
    return (row.on_hand, row.reserved) if row else (Decimal(0), Decimal(0))


@pytest.fixture
def utrecht(db):
    return factories.branch("Utrecht")


@pytest.fixture
def strict(db):
    return factories.branch("Zwolle", below_stock="block")


def test_reserving_leaves_the_stock_on_hand_and_lessens_what_is_free(utrecht):
    belt = factories.article("80100", stock={utrecht: 5}).variants.get()
    assert stock.change(utrecht, reserved=[(belt.pk, Decimal(2))]) == {belt.pk: Decimal(3)}
    assert level(utrecht, belt) == (5, 2)
    assert StockMove.objects.count() == 0


def test_releasing_gives_back_what_was_reserved(utrecht):
    belt = factories.article("80100", stock={utrecht: 5}).variants.get()
    stock.change(utrecht, reserved=[(belt.pk, Decimal(3))])
    assert stock.change(utrecht, reserved=[(belt.pk, Decimal(-2))]) == {belt.pk: Decimal(4)}
    assert level(utrecht, belt) == (5, 1)


def test_releasing_more_than_is_reserved_is_refused_by_the_database(utrecht):
    belt = factories.article("80100", stock={utrecht: 5}).variants.get()
    stock.change(utrecht, reserved=[(belt.pk, Decimal(1))])
    with pytest.raises(IntegrityError, match="stock_reserved_not_negative"), transaction.atomic():
        stock.change(utrecht, reserved=[(belt.pk, Decimal(-2))])
    assert level(utrecht, belt) == (5, 1)


def test_a_delivery_issues_and_releases_at_once(utrecht):
    belt = factories.article("80100", stock={utrecht: 5}).variants.get()
    stock.change(utrecht, reserved=[(belt.pk, Decimal(2))])
    left = stock.change(utrecht, on_hand=[(belt.pk, Decimal(-2))], reserved=[(belt.pk, Decimal(-2))])
    assert left == {belt.pk: Decimal(3)}
    assert level(utrecht, belt) == (3, 0)


def test_differences_of_one_variant_are_added_up(utrecht):
    belt = factories.article("80100", stock={utrecht: 5}).variants.get()
    stock.change(utrecht, reserved=[(belt.pk, Decimal(1)), (belt.pk, Decimal("2.5")), (belt.pk, Decimal("-0.5"))])
    assert level(utrecht, belt) == (5, 3)


def test_a_change_of_nothing_writes_nothing(utrecht, django_assert_num_queries):
    belt = factories.article("80100").variants.get()
    with django_assert_num_queries(0):
        assert stock.change(utrecht, reserved=[(belt.pk, Decimal(1)), (belt.pk, Decimal(-1))]) == {}
    assert StockLevel.objects.count() == 0


def test_stock_is_kept_per_branch(utrecht, strict):
    belt = factories.article("80100", stock={utrecht: 5, strict: 2}).variants.get()
    stock.change(utrecht, reserved=[(belt.pk, Decimal(4))])
    assert (level(utrecht, belt), level(strict, belt)) == ((5, 4), (2, 0))
    assert [row.free for row in stock.levels([belt.pk], strict.pk)] == [2]
    assert sorted(row.free for row in stock.levels([belt.pk])) == [1, 2]


def test_a_hundred_variants_take_one_statement(utrecht, django_assert_num_queries):
    boot = factories.article("70402", colours=["Zwart"], sizes=range(100))
    pairs = [(variant.pk, Decimal(1)) for variant in boot.variants.all()]
    with django_assert_num_queries(1):
        assert len(stock.change(utrecht, reserved=pairs)) == 100


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["allow", "warn"])
def test_a_branch_that_allows_it_sells_below_stock_as_back_order(policy):
    branch = factories.branch("Utrecht", below_stock=policy)
    belt = factories.article("80100", stock={branch: 1}).variants.get()
    assert stock.change(branch, reserved=[(belt.pk, Decimal(3))]) == {belt.pk: Decimal(-2)}
    assert level(branch, belt) == (1, 3)


def test_a_branch_that_blocks_refuses_and_nothing_changes(strict):
    belt, scarf = (factories.article(number, stock={strict: 2}).variants.get() for number in ("80100", "90100"))
    with pytest.raises(Refusal) as caught, transaction.atomic():
        pairs = [(belt.pk, Decimal(1)), (scarf.pk, Decimal(3))]
        stock.change(strict, reserved=pairs, names={belt.pk: "Riem", scarf.pk: "Sjaal"})
    assert (caught.value.code, caught.value.field) == ("stock.short", "quantity")
    assert caught.value.message == "Van Sjaal is in Zwolle nog 2 vrij; gevraagd is 3."
    assert (level(strict, belt), level(strict, scarf)) == ((2, 0), (2, 0))


def test_a_branch_that_blocks_counts_what_others_reserved(strict):
    belt = factories.article("80100", stock={strict: 5}).variants.get()
    stock.change(strict, reserved=[(belt.pk, Decimal(4))])
    with pytest.raises(Refusal) as caught, transaction.atomic():
        stock.change(strict, reserved=[(belt.pk, Decimal(2))])
    assert caught.value.message == "Van dit artikel is in Zwolle nog 1 vrij; gevraagd is 2."
    assert level(strict, belt) == (5, 4)


def test_the_refusal_says_what_is_free_and_what_was_asked(strict):
    belt = factories.article("80100", stock={strict: 5}).variants.get()
    stock.change(strict, reserved=[(belt.pk, Decimal(3))])
    with pytest.raises(Refusal, match="nog 2 vrij; gevraagd is 4") as refused, transaction.atomic():
        stock.change(strict, on_hand=[(belt.pk, Decimal(-4))], names={belt.pk: "Riem"})  # one is there, three are kept
    assert refused.value.code == "stock.short"
    with pytest.raises(Refusal, match="nog 2 vrij; gevraagd is 3"), transaction.atomic():
        stock.change(strict, on_hand=[(belt.pk, Decimal(-1))], reserved=[(belt.pk, Decimal(2))])
    assert level(strict, belt) == (5, 3)


def test_a_branch_that_blocks_never_had_the_article(strict):
    belt = factories.article("80100").variants.get()
    with pytest.raises(Refusal) as caught, transaction.atomic():
        stock.change(strict, reserved=[(belt.pk, Decimal(1))])
    assert caught.value.message == "Van dit artikel is in Zwolle nog 0 vrij; gevraagd is 1."
    assert StockLevel.objects.count() == 0


def test_a_branch_that_blocks_still_delivers_releases_and_receives_while_short(strict):
    belt = factories.article("80100", stock={strict: 4}).variants.get()
    stock.change(strict, reserved=[(belt.pk, Decimal(4))])
    StockLevel.objects.update(on_hand=2)  # a count found two missing: two free short
    stock.change(strict, on_hand=[(belt.pk, Decimal(-1))], reserved=[(belt.pk, Decimal(-1))])
    assert level(strict, belt) == (1, 3)
    stock.change(strict, reserved=[(belt.pk, Decimal(-1))])
    stock.change(strict, on_hand=[(belt.pk, Decimal("0.5"))])
    assert level(strict, belt) == (Decimal("1.5"), 2)


def test_on_hand_is_the_sum_of_the_moves(utrecht):
    employee, belt = factories.employee(), factories.article("80100").variants.get()
    moves = [("10", "opening"), ("-3", "delivery"), ("1", "return"), ("0", "count"), ("-0.5", "correction")]
    for pieces, reason in moves:
        stock.move(utrecht, [(belt.pk, Decimal(pieces))], reason=reason, source="PB-1", employee=employee)
    assert [(m.reason, m.quantity) for m in belt.moves.order_by("pk")] == [
        ("opening", 10), ("delivery", -3), ("return", 1), ("correction", Decimal("-0.5")),
    ]  # fmt: skip
    assert level(utrecht, belt) == (Decimal("7.5"), 0)


def test_a_refused_issue_leaves_no_move(strict):
    employee, belt = factories.employee(), factories.article("80100", stock={strict: 1}).variants.get()
    with pytest.raises(Refusal), transaction.atomic():
        stock.move(strict, [(belt.pk, Decimal(-2))], reason="delivery", source="PB-1", employee=employee)
    assert (level(strict, belt), belt.moves.count()) == ((1, 0), 0)


def race(branch, variant, sellers: int = 2) -> list[str]:
    """So many sellers reserve one piece at the same moment, each in a transaction of its own; what each was told."""
    start, told = threading.Barrier(sellers), []

    def sell():
        try:
            with transaction.atomic():
                start.wait(timeout=10)
                stock.change(branch, reserved=[(variant.pk, Decimal(1))])
                told.append("sold")
        except Refusal as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=sell) for _ in range(sellers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(told)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "policy, told, reserved",
    [
        # with the guard off both get the last piece: the race is real, and one is owed
        ("allow", ["sold", "sold"], 2),
        # with the guard on exactly one does
        ("block", ["sold", "stock.short"], 1),
        ("block", ["sold", *["stock.short"] * 7], 1),
    ],
)
def test_sellers_race_for_the_last_piece(policy, told, reserved):
    branch = factories.branch("Utrecht", below_stock=policy)
    belt = factories.article("80100", stock={branch: 1}).variants.get()
    assert race(branch, belt, len(told)) == told
    assert level(branch, belt) == (1, reserved)
    assert stock.levels([belt.pk])[0].free == 1 - reserved


@pytest.mark.django_db(transaction=True)
def test_eight_sellers_share_three_pieces_without_losing_one():
    branch = factories.branch("Utrecht", below_stock="block")
    belt = factories.article("80100", stock={branch: 3}).variants.get()
    assert race(branch, belt, 8) == ["sold"] * 3 + ["stock.short"] * 5
    assert level(branch, belt) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_sellers_with_the_same_articles_in_another_order_do_not_block_each_other():
    branch = factories.branch("Utrecht")
    ids = [factories.article(number, stock={branch: 9}).variants.get().pk for number in ("80100", "90100", "70100")]
    errors = []

    def sell(order):
        try:
            for _ in range(15):
                with transaction.atomic():
                    stock.change(branch, reserved=[(pk, Decimal(1)) for pk in order])
        except Exception as error:  # a deadlock would end here
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sell, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert {row.reserved for row in stock.levels(ids)} == {30}
