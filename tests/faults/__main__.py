"""`make faults`: every scenario with its guard (clean) and without it (seen to fail), and a year of it all at once."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

YEAR = "a year of all of it"
FILLED = 6000  # drafts with which the table of orders is larger than the disk that is full (house)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000, help="of the year; the scenarios take a fiftieth each")
    parser.add_argument("--size", type=int, default=0, help="orders of each scenario")
    parser.add_argument("--only", action="append", metavar="WORD", help="the scenarios whose name holds this")
    parser.add_argument("--copy", default="", metavar="URL", help="copy this database's schema instead of migrating")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="toonbank-faults-"))
    from tests.faults.house import house

    try:
        with house(folder, options.copy) as made:
            return play(made, options.orders, options.size or max(options.orders // 50, 16), options.only or [""])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def play(made, orders: int, size: int, words: list[str]) -> int:
    os.environ["FAULTS_NAME"] = "faults"  # our own connections are not the product's
    import django

    django.setup()
    os.environ["FAULTS_NAME"] = "toonbank"
    from tests.faults import papers, scenarios, services  # noqa: F401 (they register their own)
    from tests.faults.proxy import Proxy
    from tests.faults.shop import Shop
    from tests.faults.year import year

    names = [name for name in (*scenarios.SCENARIOS, YEAR) if any(word in name for word in words)]
    shop = Shop(ready=max(orders if YEAR in names else size, FILLED if "the disk is full" in names else 0))
    made.keep()
    made.open()
    proxy, wrong = Proxy(made.port), 0
    for name in names:
        guard, scenario = scenarios.SCENARIOS.get(name, ("", year))
        for without in ("", guard) if guard else ("",):
            made.fresh()
            count = orders if name == YEAR else min(size, 16) if without else size
            run = scenarios.Run(made, shop, proxy, count, without)
            found = scenario(run)
            fine = found.harm if without else found.clean
            wrong += not fine
            say(f"{name}, without {without}" if without else name, run.figures, found, fine)
    return 1 if wrong else 0


def say(name: str, figures: dict, found, fine: bool) -> None:
    told = ", ".join(f"{what} {figure}" for what, figure in figures.items())
    print(f"{'ok' if fine else 'WRONG'}: {name}: {told}\n  {found}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
