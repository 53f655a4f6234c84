"""The days find what was wrong with receipts (P1, P2) where the mend is taken out, and nothing where it is there."""

import pytest

from pos import slip
from pos.models import Receipt
from sales.selectors import lines_of
from tests.oracle import acts_amend, acts_day, acts_desk, acts_till, compare
from tests.oracle.days import Day, Differs
from tests.oracle.playing import terminal

pytestmark = pytest.mark.django_db
# a day of orders that are changed and cancelled while their receipts are about
ACTS = {
    acts_day.open_till: 4, acts_amend.cancelled_and_fetched: 4, acts_till.scan: 2, acts_day.make_order: 2,
    acts_amend.amend: 2, acts_amend.amend_end: 2, acts_desk.cancel: 1, acts_till.reprint: 2,
}  # fmt: skip
SEED = 0


def play(seed: int) -> Day:
    with Day(seed) as day:
        day.run(ACTS, 40)
    return day


def of_now(found: Receipt) -> slip.Slip:
    """P1: the receipt drawn from its order as it is now."""
    order = found.order
    entries = list(order.entries.select_related("method").order_by("pk"))
    mine = [entry for entry in entries if entry.group == found.entry_group]
    before = [
        entry for entry in entries if entry.pk < (mine[0].pk if mine else 0) or (not mine and entry.at < found.at)
    ]
    found.paper = slip.facts(found, lines_of(order), mine, before)
    return slip.slip(found)


def ordered(line, kind: str) -> dict[str, str]:
    """P2: a line with what was ordered, also of what was cancelled since."""
    return drawn(line, kind) | ({"quantity": str(line.quantity)} if line.variant_id else {})


drawn = slip._line


@pytest.mark.parametrize("seed", [SEED])
def test_with_the_mend_nothing_is_found(settings, seed):
    terminal(settings)
    day = play(seed)
    assert len([paper for paper in day.shop.papers if paper.ref]) >= 3 and day.done["settle"] and day.done["cancel"]


@pytest.mark.parametrize("seed", [SEED])
def test_a_receipt_of_the_order_of_now_is_found(settings, monkeypatch, seed):
    terminal(settings)
    monkeypatch.setattr(compare, "slip", of_now)
    with pytest.raises(Differs, match=r"receipt .* (total|lines|left)"):
        play(seed)


@pytest.mark.parametrize("seed", [SEED])
def test_pieces_that_were_cancelled_are_found_on_a_receipt(settings, monkeypatch, seed):
    terminal(settings)
    monkeypatch.setattr(slip, "_line", ordered)
    with pytest.raises(Differs, match=r"receipt .* lines"):
        play(seed)
