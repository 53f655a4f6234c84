"""A day at the desks: orders are made and confirmed and paid, several at once, while things break."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from queue import Empty, Queue

from tests.faults.check import Promised
from tests.faults.desk import Desk, Refused, Unanswered

DEPOSIT = Decimal("10.00")
URL = "/verkoop/verkooporders/"


@dataclass(frozen=True)
class Trouble:
    """What meets one press of a button: on the way (proxy), or in the server (marked)."""

    network: str = ""
    fault: str = ""


CALM = Trouble()
Plan = Callable[[int, str], Trouble]  # (which order of the day, which button) -> what happens


@dataclass
class Day:
    """drafts: orders that only have to be confirmed; whole: orders made from Nieuw on; every so many is paid on."""

    drafts: list[int]
    whole: int
    customer: int
    codes: list[str]
    bank: int
    plan: Plan = lambda _number, _button: CALM
    pays: int = 4
    promised: Promised = field(default_factory=Promised)
    unanswered: list[str] = field(default_factory=list)
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, desks: Iterable[Desk], beside: Callable[[], object] = lambda: None) -> "Day":
        """Every order by one of the desks; ends when all are done. beside: what goes on meanwhile, again and again.

        That is in this thread: what a thread starts ends with it.
        """
        jobs: Queue[tuple[int, int]] = Queue()
        for number, draft in enumerate([*self.drafts, *[0] * self.whole]):
            jobs.put((number, draft))
        threads = [threading.Thread(target=self._work, args=(desk, jobs), daemon=True) for desk in desks]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            beside()
            threads[0].join(0.01)
        return self

    def _work(self, desk: Desk, jobs: Queue) -> None:
        while True:
            try:
                number, draft = jobs.get_nowait()
            except Empty:
                return
            try:
                self._sell(desk, number, draft)
            except (Refused, Unanswered) as problem:
                with self._lock:
                    self.unanswered.append(str(problem)[:600])
            with self._lock:
                self.done += 1

    def _sell(self, desk: Desk, number: int, draft: int) -> None:
        def press(button: str, path: str, values: dict | None = None):
            trouble = self.plan(number, button)
            return desk.press(path, values, fault=trouble.fault, network=trouble.network)

        promised, order = self.promised, draft
        if not draft:
            order = int(press("new", f"{URL}nieuw/").goes_to.rstrip("/").rpartition("/")[2])
            with self._lock:
                promised.orders += 1
            press("customer", f"{URL}{order}/kop/", {"customer": self.customer})
            press("scan", f"{URL}{order}/scan/", {"code": self.codes[number % len(self.codes)], "quantity": "2"})
            promised.pieces[order] = 2
        press("confirm", f"{URL}{order}/bevestigen/")
        promised.confirmed.add(order)
        if number % self.pays == 0:
            path = f"/betalingen/verkooporders/{order}/aanbetalen/"
            press("pay", path, {"sure": "1", "method": self.bank, f"amount_{self.bank}": str(DEPOSIT), "seen": "0,00"})
            promised.paid[order] = DEPOSIT
