"""A terminal that is not there: it plays what a real one does, by the cents of the amount or by a fixed part.

| cents | part | what happens |
|---|---|---|
| .01 | declined | the bank says no |
| .02 | stopped | the customer presses stop on the terminal |
| .03 | silent | nobody presents a card: it waits until it is broken off |
| .04 | late | approves at the third time of asking |
| .06 | lost | charges, and the answer to the start is lost; asking tells |
| .07 | lost_twice | as lost, and the first answer to asking is lost too |
| .08 | crossing | waits, and is approved at the very moment of breaking off |
| .09 | never_arrived | the start is lost on its way: nothing is charged, and it does not know the request |
| other | approved | approves at the first time of asking |

settings.TERMINAL_PLAY names a part that every payment then takes. What it did stands in a table of its own, outside the
process, as a real terminal's memory would: every web worker sees the same, and `charges` counts what the card paid.
"""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from payments.models import SimulatedPayment
from payments.terminals import APPROVED, CANCELLED, DECLINED, UNKNOWN, WAITING, Answer, Silent

BY_CENTS = {
    1: "declined", 2: "stopped", 3: "silent", 4: "late", 6: "lost", 7: "lost_twice", 8: "crossing", 9: "never_arrived",
}  # fmt: skip
LATE = 3


def part_of(amount: Decimal) -> str:
    """The part that a payment of this amount plays."""
    return settings.TERMINAL_PLAY or BY_CENTS.get(int(abs(amount) * 100) % 100, "approved")


class Simulator:
    """The driver of a terminal that is played."""

    def start(self, request_id: UUID, amount: Decimal, description: str) -> Answer:
        part = part_of(amount)
        if part == "never_arrived":
            raise Silent
        with transaction.atomic():
            row, new = SimulatedPayment.objects.get_or_create(
                request_id=request_id, defaults={"amount": amount, "part": part}
            )
            if new and part.startswith("lost"):
                _charge(row)
        if part.startswith("lost"):
            raise Silent
        return _answer(row)

    def ask(self, request_id: UUID, reference: str = "") -> Answer:
        return _tell(request_id, _asked)

    def cancel(self, request_id: UUID, reference: str = "") -> Answer:
        SimulatedPayment.objects.get_or_create(
            request_id=request_id, defaults={"amount": Decimal(0), "part": "never_arrived"}
        )
        return _tell(request_id, _broken_off)


def _tell(request_id: UUID, move: Callable[[SimulatedPayment], bool]) -> Answer:
    """Let the terminal do its part, then answer; the answer is lost where `move` says so."""
    with transaction.atomic():
        row = SimulatedPayment.objects.select_for_update().filter(request_id=request_id).first()
        if row is None:
            return Answer(UNKNOWN)
        lost = move(row)
        row.save()
    if lost:
        raise Silent
    return _answer(row)


def _asked(row: SimulatedPayment) -> bool:
    row.asked += 1
    if row.state == WAITING:
        match row.part:
            case "declined":
                row.state = DECLINED
            case "stopped":
                row.state = CANCELLED
            case "silent" | "crossing":
                pass
            case "late":
                if row.asked >= LATE:
                    _charge(row)
            case _:
                _charge(row)
    return row.part == "lost_twice" and row.asked == 1


def _broken_off(row: SimulatedPayment) -> bool:
    if row.state == WAITING:
        if row.part == "crossing":
            _charge(row)
        else:
            row.state = CANCELLED
    return False


def _charge(row: SimulatedPayment) -> None:
    row.state = APPROVED
    row.charges += 1
    row.save()


def _answer(row: SimulatedPayment) -> Answer:
    if row.state != APPROVED:
        return Answer(row.state, reference=f"SIM-{row.pk}")
    return Answer(APPROVED, reference=f"SIM-{row.pk}", brand="Maestro", last_four=f"{row.pk % 10_000:04d}")
