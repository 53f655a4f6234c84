"""All of it at once, by the thousand: orders go on while answers vanish, workers die and PostgreSQL falls."""

import signal

from tests.faults.check import Outcome
from tests.faults.day import CALM, Trouble
from tests.faults.places import PLACES
from tests.faults.scenarios import Run

# of 10,000 orders: what happens to how many
ENDED, RESTARTED = 500, 5
NETWORK = {
    3: "drop",
    23: "drop",
    29: "drop",
    13: "cut",
    33: "lose",
    19: "slow",
}  # by the number of the order within forty
DIES, WAITS = 80, 50  # one in so many


def trouble(number: int, button: str) -> Trouble:
    """What meets the press of a button of this order."""
    if button == "scan" or button == "customer":
        return CALM
    if button == "confirm" and number % DIES == 7:
        return Trouble(fault=f"die={PLACES[number // DIES % len(PLACES)]}")
    if button == "confirm" and number % WAITS == 11:
        return Trouble(fault="wait=journalled")
    return Trouble(network=NETWORK.get(number % 40, ""))


def year(run: Run) -> Outcome:
    whole = run.size // 10
    day = run.day(trouble, drafts=run.size - whole, whole=whole, pays=8)
    ended, back, dead = 0, [], run.house.died_at()

    def beside() -> None:
        nonlocal ended
        if ended < day.done * ENDED / 10_000:
            ended += run.house.end_a_connection()
        if len(back) < RESTARTED and day.done >= (len(back) + 1) * run.size / (RESTARTED + 1):
            back.append(run.house.restart_database(signal.SIGINT if len(back) % 2 else signal.SIGQUIT))

    found = run.play(day, beside)
    run.figures |= {
        "workers killed": (run.house.died_at() - dead).total(), "connections ended": ended, "restarts": len(back),
        "shop back within": f"{max(seconds for _away, seconds in back):.1f} s",
    }  # fmt: skip
    return found
