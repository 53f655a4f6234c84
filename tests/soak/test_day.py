"""A day in the shop: twenty tills and five desks in four branches at once, an hour's work in minutes, nothing wrong."""

import random
import threading
from collections import Counter
from queue import Empty, SimpleQueue
from time import perf_counter

import pytest
from django.db import connection

from backoffice.catalog import stock
from payments.models import LedgerEntry
from pos.models import Receipt
from sales.models import SalesOrder
from tests import factories
from tests.invariants import holds
from tests.payments.shop import methods
from tests.sales import order_shop
from tests.soak import count, report
from tests.soak.day import D, Person

pytestmark = pytest.mark.django_db(transaction=True)
BRANCHES, TILLS, DESKS = 4, 20, 5
# of a hundred: 60 sales, 15 orders, 10 amendments, 5 each of cancel, return and close
AT_TILLS = {"sale": 60, "till_order": 8, "till_amendment": 5, "bring_back": 5, "close": 5}
AT_DESKS = {"desk_order": 7, "desk_amendment": 5, "cancelling": 5}


def shop():
    s = order_shop.shop()
    s.method = methods()
    s.variants = [s.wit40, s.wit42, s.navy40, s.navy32, s.riem, s.inkorten]
    s.branches = [s.branch, *(factories.branch(f"Filiaal {n}") for n in range(2, BRANCHES + 1))]
    for branch in s.branches:
        goods = [(variant.pk, D(500)) for variant in s.variants if variant != s.inkorten]
        stock.move(branch, goods, reason="opening", source="begin", employee=s.office)
    return s


def people(s) -> list[Person]:
    made = []
    for place in range(TILLS):
        branch = s.branches[place % BRANCHES]
        till = factories.till(branch, 10 + place)
        made.append(Person(s, factories.employee("manager", branch, name=f"Kassa {place}"), branch, place, till))
        made[-1].open()
    for place in range(DESKS):
        branch = s.branches[place % BRANCHES]
        made.append(Person(s, factories.employee("office", name=f"Balie {place}"), branch, 100 + place))
    return made


def deck(work: dict[str, int], hundreds: float) -> SimpleQueue:
    """The work in an order of its own, for whoever has a free hand."""
    cards = [name for name, of_hundred in work.items() for _ in range(max(round(of_hundred * hundreds), 1))]
    random.Random(4).shuffle(cards)
    found: SimpleQueue = SimpleQueue()
    for card in cards:
        found.put(card)
    return found


def work(person: Person, cards: SimpleQueue, wrong: list) -> None:
    try:
        while True:
            person.do(cards.get_nowait())
    except Empty:
        pass
    except Exception as error:
        wrong.append((person.employee.name, getattr(error, "code", ""), error))
    finally:
        connection.close()


def test_a_day_in_the_shop():
    s = shop()
    staff, wrong = people(s), []
    hundreds = count(3000, 60) / 100
    tills, desks = deck(AT_TILLS, hundreds), deck(AT_DESKS, hundreds)
    since = perf_counter()
    threads = [
        threading.Thread(target=work, args=(person, tills if person.till else desks, wrong), daemon=True)
        for person in staff
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=1800)
    took = perf_counter() - since
    assert wrong == []
    done, refused = Counter(), sum((person.refused for person in staff), Counter())
    for name in (*AT_TILLS, *AT_DESKS):
        times = sorted(seconds for person in staff for seconds in person.figures.get(name, ()))
        done[name] = len(times)
        report(
            f"a day in the shop, {name}", times=len(times), p50=f"{times[len(times) // 2] * 1000:.0f} ms",
            p99=f"{times[int(len(times) * 0.99)] * 1000:.0f} ms",
        )  # fmt: skip
    again = refused.pop("asked again", 0)
    report(
        "a day in the shop", tills=TILLS, desks=DESKS, operations=done.total(), seconds=round(took), errors=0,
        first_by_another=refused.total(), asked_again=again, receipts=Receipt.objects.count(),
        entries=LedgerEntry.objects.count(), orders=SalesOrder.objects.filter(number__gt="").count(),
        closed=done["close"],
    )  # fmt: skip
    assert done["sale"] >= round(60 * hundreds) and done.total() >= round(100 * hundreds)
    holds()
