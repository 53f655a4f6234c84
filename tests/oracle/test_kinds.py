"""What the days of the suite did: every kind of step, most of what was tried, and some of it over HTTP."""

import os
import time
from collections import Counter

import pytest
from django.db import connection

from tests.oracle import compare
from tests.oracle.playing import STEPS, noted, play, terminal

KINDS = {
    "begin", "scan", "quantity", "price", "line_discount", "basket_discount", "remove", "restore", "choose_customer",
    "empty", "park", "resume", "check_out", "take_back", "exchange", "free_return", "reprint", "make_order",
    "place_later", "place_and_pay", "back_to_basket", "open_order", "settle", "put_away", "open_till", "close_till",
    "cash", "midnight", "customer_changes", "draft", "draft_line", "draft_change", "draft_discount", "draft_mode",
    "draft_customer", "confirm", "discard", "deposit", "refund", "reverse", "deliver", "cancel_slip", "cancel",
    "undo_cancel", "amend", "amend_change", "amend_discount", "amend_remove", "amend_confirm", "amend_drop",
}  # fmt: skip
# these are there to be refused
REFUSED = {"two_tabs", "more_after_approval", "restore", "amend_confirm", "refund", "reverse", "take_back", "check_out"}


def test_the_days_do_every_kind_of_step_and_most_of_what_they_try(request, shared):
    """Waits for the days that other workers play still."""
    here = [item for item in request.session.items if item.path.parent == request.path.parent]
    asked = {item.callspec.params["seed"] for item in here if "seed" in item.fixturenames}
    until = time.monotonic() + 300
    while asked - noted(shared).keys() and time.monotonic() < until:
        time.sleep(0.2)
    found = noted(shared)
    assert asked <= found.keys()
    done, refused, screened = Counter(), Counter(), 0
    for seed in asked:
        done.update(found[seed]["done"])
        refused.update(found[seed]["refused"])
        screened += found[seed]["screened"]
    tried = done.total() + refused.total()
    print(f"{len(asked)} days, {done.total()} done, {refused.total()} refused, {screened} by forms", done, refused)
    if len(asked) >= 40:
        assert KINDS - done.keys() == set() and REFUSED - refused.keys() == set()
    assert done.total() * 3 >= tried * 2
    assert screened * 12 >= tried


@pytest.mark.django_db
def test_replay(settings, tmp_path):
    """ORACLE_SEED=<seed> [ORACLE_STEPS=<steps>] plays one day again, and says what happened."""
    terminal(settings)
    day = play(int(os.environ.get("ORACLE_SEED", "0")), int(os.environ.get("ORACLE_STEPS", STEPS)), tmp_path / "oracle")
    print("\n".join(day.told), day.done, day.refused)
    assert day.done and connection.in_atomic_block and compare.differences(day.shop, {}) == []
