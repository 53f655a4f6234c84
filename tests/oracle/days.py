"""A random day: steps like a shop's, told to the model and to the product, and both are compared after each."""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field, is_dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from backoffice.core.errors import Refusal
from tests.oracle import compare
from tests.oracle.house import CASHIERS, open_shop
from tests.oracle.model import CONFIRMED, DRAFT, Article, No, Order, Person, Session, Shop
from tests.oracle.screens import Screens
from tests.oracle.services import Services
from tests.oracle.sums import Row

D = Decimal
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = datetime.time(9, 0)
BY_SCREEN = 0.32  # how much is done by forms over HTTP, where there is one
TWICE = 0.05  # how often a request is sent again with its key


class Differs(AssertionError):
    """The product and the model do not agree."""


@dataclass
class Step:
    """What is done, in words and in both. either: the product may refuse it here already, or at what follows it."""

    kind: str
    said: str
    model: Callable[[], Any]
    product: Callable[[], Any]
    bind: Callable[[Any, Any], None] = lambda _made, _given: None
    also: Callable[[Any], list[str]] = lambda _made: []
    either: bool = False


Act = Callable[["Day"], Iterator[Step]]
Memory = list[tuple[Any, dict[str, Any]]]


def remember(shop: Shop) -> Memory:
    """Everything of the model as it is, to be put back as it was when a step is refused."""
    seen, kept, todo = {id(shop)}, [], [shop]
    while todo:
        thing: Any = todo.pop()
        kept.append((thing, {n: copy(v) if isinstance(v, list | dict) else v for n, v in vars(thing).items()}))
        for value in vars(thing).values():
            inside = (
                [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else [value]
            )
            for each in inside:
                if is_dataclass(each) and not isinstance(each, Row | type) and id(each) not in seen:
                    seen.add(id(each))
                    todo.append(each)
    return kept


def forget(kept: Memory) -> None:
    """Put the model back to what was remembered."""
    for thing, values in kept:
        vars(thing).update(values)


@dataclass
class Day:
    """One day with its dice. done, refused: how often each kind of step was; told: what happened, to be replayed."""

    seed: int
    shop: Shop = field(init=False)
    done: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    screened: int = 0
    told: list[str] = field(default_factory=list)
    packed: dict[int, tuple] = field(
        default_factory=dict
    )  # what was taken off a basket last: order id -> how to undo it
    seen: compare.Seen = field(default_factory=dict)
    last: bool = True  # whether the last step was done

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        eve = self.dice.random() < 0.4  # the rates change at New Year
        start = datetime.date(2026, 12, 31) if eve else datetime.date(2026, 11, 25)
        self.clock = time_machine.travel(datetime.datetime.combine(start, MORNING, AMSTERDAM), tick=False)

    def __enter__(self) -> "Day":
        self.time = self.clock.start()
        today = datetime.datetime.now(AMSTERDAM).date()
        self.shop, self.p = open_shop(today, self.dice)
        self.services, self.screens = Services(self.p), Screens(self.p)
        return self

    def __exit__(self, *_error: object) -> None:
        self.clock.stop()

    # ---- running -----------------------------------------------------------------------------------------------------
    def run(self, acts: dict[Act, int], steps: int) -> None:
        """So many steps; acts: how likely each is begun."""
        names, weights = list(acts), list(acts.values())
        while self.done.total() + self.refused.total() < steps:
            (act,) = self.dice.choices(names, weights)
            for step in act(self):
                self.one(step)
        self.agree([*compare.differences(self.shop, {}), *compare.day(self.shop)])

    def one(self, step: Step) -> None:
        self.time.shift(datetime.timedelta(minutes=3))
        kept = remember(self.shop)
        why = ""
        try:
            made = step.model()
        except No as no:
            made, why = None, str(no) or "no"
        self.services.done = not why
        self.services.twice = not why and self.dice.random() < TWICE
        before = compare.fingerprint() if why or step.either else set()
        self.told.append(f"{len(self.told) + 1:3}. {step.said}{f' (must be refused: {why})' if why else ''}")
        try:
            given, refusal = step.product(), None
        except Refusal as no:
            given, refusal = None, no
        if refusal is not None and step.either and not why:
            why = "closed"
        if why:
            forget(kept)
            if refusal is None:
                self.agree([f"{step.kind}: the product does what the model refuses ({why})"])
            changed = sorted(text.split()[0] for text in compare.fingerprint() - before)
            if changed:
                self.agree([f"{step.kind}: it was refused, and yet this changed: {', '.join(changed)}"])
            self.refused[step.kind] += 1
        else:
            if refusal is not None:
                self.agree([f"{step.kind}: the product refuses what the model does: {refusal.code} {refusal.message}"])
            step.bind(made, given)
            self.done[step.kind] += 1
        self.last = not why
        self.agree([*compare.differences(self.shop, self.seen), *(step.also(made) if self.last else [])])

    def agree(self, differences: list[str]) -> None:
        if differences:
            steps = "\n".join(self.told)
            found = "\n".join(f"  {text}" for text in differences)
            raise Differs(f"\nORACLE_SEED={self.seed}\n{steps}\nthen:\n{found}")

    # ---- chance ------------------------------------------------------------------------------------------------------
    def may(self, chance: float) -> bool:
        return self.dice.random() < chance

    def some(self, things: list) -> Any:
        return self.dice.choice(things) if things else None

    def hand(self, name: str) -> Callable[..., Any]:
        """How the product is asked: by its service, or by the form of its screen."""
        by_screen = getattr(self.screens, name, None)
        if by_screen is not None and self.may(BY_SCREEN):
            self.screened += 1
            return by_screen
        return getattr(self.services, name)

    # ---- who and what there is ---------------------------------------------------------------------------------------
    def person(self, name: str) -> Person:
        return self.shop.people[name]

    def cashier(self, till: str) -> Person:
        return self.person(CASHIERS[till])

    def till(self, fits: Callable[[str], bool]) -> str | None:
        return self.some([till for till in self.shop.tills if fits(till)])

    def baskets(self) -> list[str]:
        """The tills with a basket on the counter that is no order yet, with something on it."""
        return [t for t, on in self.shop.on.items() if on and on.state == DRAFT and on.due is None and on.lines]

    def confirmed(self, fits: Callable[[Order], bool]) -> Order | None:
        return self.some([order for order in self.shop.orders if order.state == CONFIRMED and fits(order)])

    def draft(self, fits: Callable[[Order], bool] = lambda _order: True) -> Order | None:
        """A draft of a desk."""
        found = [o for o in self.shop.orders if o.state == DRAFT and o.channel == "desk" and fits(o)]
        return self.some(found)

    def items(self, most: int = 3) -> list[tuple[Article, Decimal]]:
        chosen = self.dice.sample(self.shop.articles, self.dice.randint(1, most))
        return [(article, D(self.dice.choice((1, 1, 1, 2, 3, 10)))) for article in chosen]

    def drawer(self, branch: str) -> Session | None:
        return self.some([session for session in self.shop.sessions.values() if session.branch == branch])

    def euros(self, most: Decimal) -> Decimal:
        """An amount above zero, up to most."""
        return D(self.dice.randint(1, max(int(most * 100), 1))) / 100
