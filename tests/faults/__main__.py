"""`make faults`: every scenario with its guard (clean) and without it (seen to fail), and a year of it all at once."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000, help="of the year; the scenarios take a fiftieth each")
    parser.add_argument("--only", action="append", metavar="WORD", help="the scenarios whose name holds this")
    parser.add_argument("--copy", default="", metavar="URL", help="copy this database's schema instead of migrating")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="toonbank-faults-"))
    from tests.faults.house import house

    try:
        with house(folder, options.copy) as made:
            return play(made, options.orders, options.only or [""])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def play(made, orders: int, words: list[str]) -> int:
    os.environ["FAULTS_NAME"] = "faults"  # our own connections are not the product's
    import django

    django.setup()
    os.environ["FAULTS_NAME"] = "toonbank"
    from tests.faults import scenarios
    from tests.faults.proxy import Proxy
    from tests.faults.shop import Shop
    from tests.faults.year import year

    size = max(orders // 50, 16)
    shop = Shop(ready=max(orders, size))
    made.keep()
    made.open()
    proxy, wrong = Proxy(made.port), 0
    for name, (guard, scenario) in scenarios.SCENARIOS.items():
        if not any(word in name for word in words):
            continue
        for without, count in (("", size), (guard, min(size, 16))):
            made.fresh()
            run = scenarios.Run(made, shop, proxy, count, without)
            found = scenario(run)
            fine = found.clean != bool(without)
            wrong += not fine
            say(f"{name}, without {without}" if without else name, run.figures, found, fine)
    if any(word in "a year of all of it" for word in words):
        made.fresh()
        run = scenarios.Run(made, shop, proxy, orders)
        found = year(run)
        wrong += not found.clean
        say("a year of all of it", run.figures, found, found.clean)
    return 1 if wrong else 0


def say(name: str, figures: dict, found, fine: bool) -> None:
    told = ", ".join(f"{what} {figure}" for what, figure in figures.items())
    print(f"{'ok' if fine else 'WRONG'}: {name}: {told}\n  {found}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
