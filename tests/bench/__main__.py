"""`make bench`, `python -m tests.bench`: every action's p50 and p99 beside its floor and its aim, as a table."""

import argparse
import json
import os
import sys
from contextlib import nullcontext
from dataclasses import asdict

NAMES = (
    "who",
    "scan",
    "confirm",
    "amend",
    "slip",
    "payment",
    "till_scan",
    "checkout",
    "paint",
    "list",
    "deep",
    "matrix",
    "cells",
    "overviews",
    "queue",
    "pdf10",
    "pdf100",
    "memory",
    "start",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--variants", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument(
        "--rounds", type=int, default=200, help="of reads and scans; confirms take half, papers a twentieth"
    )
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument(
        "--growth", nargs="?", const="", metavar="AXIS=NUMBER,...",
        help="instead: the pages of a shop that grew along every axis, beside those of the demo shop",
    )  # fmt: skip
    options = parser.parse_args()
    if options.growth is None:
        actions(options)
    else:
        grown(options.growth, options.rounds, options.json)


def actions(options) -> None:
    """The table of actions: each beside its floor and its aim."""
    from tests.bench import scale

    scale.prepare(options.variants, options.orders)
    os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings"
    import django

    django.setup()
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; times in milliseconds", flush=True)
    rows = measure(options.rounds, options.only or NAMES)
    from tests.bench.measure import table

    print(table(rows))
    if options.json:
        with open(options.json, "w") as file:
            json.dump([asdict(row) for row in rows], file)


def grown(axes: str, rounds: int, path: str | None) -> None:
    """The table of growth: each page at the demo shop and at the far end."""
    from tests.bench import scale

    scale.prepare_demo()
    os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings"
    import django

    django.setup()
    from backoffice.core.management.commands.serve import collect_static, compile_messages
    from tests.bench import growth

    compile_messages()
    collect_static()
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; times in milliseconds", flush=True)
    rows = growth.measure(growth.parsed(axes), min(rounds, growth.ROUNDS))
    print(growth.table(rows))
    if path:
        with open(path, "w") as file:
            json.dump([asdict(row) | {"page": row.page.title, "problems": row.problems} for row in rows], file)


def measure(rounds: int, names) -> list:
    from backoffice.core.management.commands.serve import collect_static, compile_messages
    from tests.bench import overviews, paint, papers, servers
    from tests.bench.measure import Row, percentile
    from tests.bench.shop import Shop

    compile_messages()
    collect_static()
    shop = Shop()
    rows: list = []
    with servers.both() as (product, floor):
        rows += over_the_wire(shop, product, floor, rounds, names)
        if "paint" in names:
            rows.append(paint.row(shop, product, rounds))
        if "memory" in names:
            made = shop.confirmed(10)
            rows += [memory(product, "both workers, before a PDF"), memory_after_papers(shop, product, made)]
    few = max(rounds // 20, 2)
    if "overviews" in names:
        rows.append(overviews.row(shop, few))
    rows += [papers.row(shop, lines, few) for lines in (10, 100) if f"pdf{lines}" in names]
    if "start" in names:
        close(shop)
        times = [servers.start_to_first_page() for _ in range(min(max(rounds // 40, 1), 5))]
        rows.append(
            Row("start", "server start to first page", len(times), percentile(times, 0.5), aim=1.2, unit="s").judge()
        )
    return rows


def over_the_wire(shop, product, floor, rounds: int, names) -> list:
    from tests.bench import actions, measure, servers

    ours, theirs = servers.Wire(product.port), servers.Wire(floor.port)
    done: dict = {}
    for action in actions.build(shop, rounds, names):
        with servers.polling(product.port, _polls(shop)) if action.name == "queue" else nullcontext():
            row = done[action.name] = measure.over_the_wire(action, ours, theirs, shop, done)
        long = {"confirm": actions.confirm_long, "amend": actions.amend_long, "slip": actions.slip_long}.get(
            action.name
        )
        if long:
            row.note = f"{len(measure.own_statements(shop, long(shop)))} statements at 100 lines"
    return list(done.values())


TILLS = 20


def _polls(shop) -> list:
    """What the other tills of the branch ask meanwhile, each every four seconds."""
    from tests.bench import actions

    return [actions.poll(shop, token) for token in shop.tills(TILLS)[1:]]


def memory(product, title: str):
    from tests.bench.measure import Row

    return Row("memory", title, 1, product.pss(), aim=200, unit="MiB").judge()


def memory_after_papers(shop, product, order):
    from django.urls import reverse

    from tests.bench import actions, servers

    path = reverse("documents:confirmation_pdf", args=[order.pk])
    for _ in range(12):  # a new connection each, so that both workers load WeasyPrint
        servers.Wire(product.port).send("GET", path, None, actions.headers(shop), 200)
    return memory(product, "both workers, after PDFs")


def close(shop) -> None:
    """Let go of the database, so that the server that is timed starts its own."""
    from django.db import connection

    from backoffice.core.db import embedded

    connection.close()
    connection.close_pool()
    for cluster in embedded.local:
        cluster.stop()
    if embedded.local:
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            os.environ.pop(name)


if __name__ == "__main__":
    sys.exit(main())
