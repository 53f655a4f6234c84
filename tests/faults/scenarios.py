"""What breaks, one thing at a time; each with the guard that keeps it from doing harm, and how to take that away."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.check import Outcome, outcome
from tests.faults.day import CALM, Day, Trouble
from tests.faults.desk import GIVES_UP, Desk
from tests.faults.house import House
from tests.faults.places import PLACES
from tests.faults.proxy import Proxy
from tests.faults.shop import DESKS, Shop

RESTARTS = 2


@dataclass
class Run:
    """One scenario as it is played: how many orders, and which guard is off."""

    house: House
    shop: Shop
    proxy: Proxy
    size: int
    without: str = ""
    figures: dict[str, object] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        return self.shop.desk(0, self.proxy.port)

    def day(self, plan, *, drafts: int, whole: int = 0, pays: int = 4) -> Day:
        shop = self.shop
        made = Day(
            shop.ready[:drafts], whole, shop.customer.pk, shop.codes, shop.bank.pk, plan=plan, pays=pays
        )  # fmt: skip
        made.promised.orders = len(shop.ready)
        return made

    def play(
        self, day: Day, beside: Callable[[], object] = lambda: None, desks: int = DESKS, gives_up: float = GIVES_UP
    ) -> Outcome:
        """The day by several desks at once, and what came of it."""
        before = self.proxy.done.copy()
        began = time.monotonic()
        off = self.without if self.without in ("keys", "whole") else ""
        staff = [self.shop.desk(number, self.proxy.port, off, gives_up) for number in range(desks)]
        day.run(staff, beside)
        self.figures |= {
            "orders confirmed": len(day.promised.confirmed), "presses": sum(desk.tries for desk in staff),
            **{f"answers {how}": count for how, count in sorted((self.proxy.done - before).items())},
            "longest wait": f"{max(desk.longest for desk in staff):.1f} s",
            "seconds": round(time.monotonic() - began),
        }  # fmt: skip
        return outcome(day.promised, day.unanswered)


SCENARIOS: dict[str, tuple[str, Callable[[Run], Outcome]]] = {}


def scenario(name: str, guard: str):
    """Register a scenario under its name, with the guard that it shows to be needed."""

    def register(play):
        SCENARIOS[name] = guard, play
        return play

    return register


@scenario("answers are dropped after commit", "keys")
def dropped(run: Run) -> Outcome:
    """Nearly every answer is lost, by turns wholly and by half; some requests never arrive."""
    ways = ("drop", "cut", "drop", "lose")

    def plan(number: int, button: str) -> Trouble:
        return Trouble(network=ways[(number + len(button)) % 4])

    return run.play(run.day(plan, drafts=run.size // 2, whole=run.size // 2))


@scenario("workers are killed at eight places", "whole")
def killed(run: Run) -> Outcome:
    def plan(number: int, button: str) -> Trouble:
        return Trouble(fault=f"die={PLACES[number % 8]}") if button == "confirm" else CALM

    before = run.house.died_at()
    found = run.play(run.day(plan, drafts=run.size), desks=1)  # the death of a neighbour would hide one's own
    deaths = run.house.died_at() - before
    run.figures |= {"workers killed": deaths.total(), "places": len(deaths)}
    return found


@scenario("database connections are ended", "whole")
def ended(run: Run) -> Outcome:
    """Those that stand within a transaction go first."""

    def plan(number: int, button: str) -> Trouble:
        return Trouble(fault="wait=numbered") if button == "confirm" and number % 3 == 0 else CALM

    day, count = run.day(plan, drafts=run.size), 0

    def end() -> None:
        nonlocal count
        if count < day.done + DESKS:  # as many as there are orders, so that every order gets through in the end
            count += run.house.end_a_connection()

    found = run.play(day, end)
    run.figures["connections ended"] = count
    return found


@scenario("PostgreSQL falls over and restarts", "durable")
def restarted(run: Run) -> Outcome:
    """By turns stopped in haste and fallen over, in the middle of the day."""
    back: list[tuple[float, float]] = []
    day = run.day(lambda *_: CALM, drafts=run.size)

    def restart() -> None:
        if len(back) < RESTARTS and day.done >= (len(back) + 1) * run.size / (RESTARTS + 1):
            back.append(run.house.restart_database(signal.SIGINT if len(back) % 2 else signal.SIGQUIT))

    if run.without == "durable":
        run.house.set(synchronous_commit="off", wal_writer_delay="10s", wal_writer_flush_after="1GB")
    found = run.play(day, restart)
    run.figures |= {"restarts": len(back), "database away": f"{max(away for away, _back in back):.1f} s",
                    "shop back after that": f"{max(back for _away, back in back):.1f} s"}  # fmt: skip
    run.house.set(synchronous_commit="", wal_writer_delay="", wal_writer_flush_after="")
    return found


@scenario("the network is slow", "keys")
def slow(run: Run) -> Outcome:
    """Desks give up and ask again while the first request is still on its way, or half done."""

    def plan(number: int, button: str) -> Trouble:
        return Trouble(network="slow") if number % 2 else Trouble(fault="wait=journalled")

    return run.play(run.day(plan, drafts=run.size // 2, whole=run.size // 2, pays=2))


@scenario("the disk is full", "whole")
def disk(run: Run) -> Outcome:
    """By turns: full until a write is refused and half a second more, then a few orders go through."""
    house, day = run.house, run.day(lambda *_: CALM, drafts=run.size)
    house.ask("ALTER TABLE sales_salesorder ADD COLUMN ballast text NOT NULL DEFAULT repeat('x', 7000)")
    house.ask(
        "ALTER TABLE sales_salesorder ALTER ballast SET STORAGE PLAIN"
    )  # every order that changes asks a new page
    before = refused = house.refused_writes()
    full, since, done = False, 0.0, 0

    def fill() -> None:
        nonlocal full, since, done, refused
        if full and house.refused_writes() > refused:
            since = since or time.monotonic()
        if since and time.monotonic() - since > 0.5:
            full, since, done = False, 0.0, day.done
            house.fill_disk(False)
        elif not full and day.done >= done + 2:
            full, refused = True, house.refused_writes()
        if full:  # also of connections that were made since
            house.fill_disk(True)

    found = run.play(day, fill)
    house.fill_disk(False)
    run.figures["writes refused"] = house.refused_writes() - before
    if not run.figures["writes refused"]:
        found.unanswered.append("the disk was never full")
    return found
