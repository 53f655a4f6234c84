"""What ends a service: a database that is away for a moment, a kill, a request that never ends."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from aiosmtpd.controller import Controller
from django.db import connection

from backoffice.core import health
from sales.documents.models import OutgoingMail
from tests.documents.mail_server import Inbox
from tests.faults.check import Outcome
from tests.faults.day import CALM, Trouble
from tests.faults.house import children, wait
from tests.faults.proxy import Proxy
from tests.faults.scenarios import Run, scenario
from tests.faults.shop import DESKS

RESTARTS = 10
BACK = 5.0  # seconds within which a killed part of the shop serves again
LIMIT = 3  # seconds that a request may take
# how a request never ends (marked.py), and how many at once leave no thread of the server for anybody else
WAYS = {"compute": DESKS, "hang": DESKS, "hold": 1}


@contextmanager
def served(run: Run) -> Iterator[tuple[Run, "object"]]:
    """The run against a `make run` of its own, on the same database; and that process."""
    process, port = run.house.serve(FAULTS_WITHOUT=run.without)
    try:
        yield replace(run, proxy=Proxy(port)), process
    finally:
        run.house.stop(process)


@scenario("PostgreSQL restarts ten times under make run", "patience")
def restarts(run: Run) -> Outcome:
    """By turns stopped in haste and fallen over, just as a mail was asked; worker and shop are there afterwards."""
    inbox, done, mailed, back = Inbox(), 0, [], []
    controller = Controller(inbox, hostname="127.0.0.1", port=run.house.mail_port, ready_timeout=20)
    controller.start()
    try:
        with served(run) as (ours, process):
            many, part = RESTARTS, max(run.size / RESTARTS, 1)

            def plan(number: int, _button: str) -> Trouble:
                while number > (done + 2) * part and process.poll() is None:
                    time.sleep(0.01)  # so that people are at work at each of the restarts
                return CALM

            day = ours.day(plan, drafts=max(run.size, RESTARTS))

            def restart() -> None:
                nonlocal done
                fresh = sorted(day.promised.confirmed - set(mailed))
                if process.poll() is not None or done == many or day.done < done * part or not fresh:
                    return
                to = {"recipient": f"klant{fresh[0]}@example.com", "subject": "Uw order", "body": "Dag"}
                ours.desk.press(f"/verkoop/verkooporders/{fresh[0]}/mailen/", to)
                mailed.append(fresh[0])
                how = signal.SIGINT if done % 2 else signal.SIGQUIT
                back.append(run.house.restart_database(how, lambda: process.poll() is not None or ready(ours)))
                done += 1

            found = ours.play(day, restart, desks=3, gives_up=3 if run.without else 60)
            if process.poll() is not None:
                found.away.append(f"the shop ended with status {process.poll()} after {done} restarts")
                return found
            sent = OutgoingMail.objects.filter(sent_at__isnull=False)
            try:
                wait(lambda: sent.count() == len(mailed) and idle(), 15 if run.without else 60)
            except TimeoutError:
                found.away.append(
                    f"{len(mailed)} mails were asked, {sent.count()} sent; jobs still at work: {not idle()}"
                )
            if not health.workers():
                found.away.append("the worker gives no sign of life")
    finally:
        controller.stop()
    came = {letter["To"] for letter in inbox.letters}
    found.lost += [f"order {order}: its mail never came" for order in mailed if f"klant{order}@example.com" not in came]
    run.figures |= {"restarts": done, "mails": len(mailed), "shop back within": f"{max(s for _away, s in back):.1f} s"}
    return found


def ready(run: Run) -> bool:
    return run.house.ready(run.proxy.server_port)


def idle() -> bool:
    """No job is being done, nor stands as if it were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        return not cursor.fetchone()[0]


@scenario("web workers, web server and worker are killed", "again")
def killed(run: Run) -> Outcome:
    """Under load, under `make run`: one web worker, both of them, the web server with and without them, the worker."""
    slowest: dict[str, float] = {}
    with served(run) as (ours, process):
        day = ours.day(lambda *_: CALM, drafts=run.size)
        kills, away = 0, ""
        ways = {
            "one web worker": lambda web, _job: children(web)[:1],
            "both web workers": lambda web, _job: children(web),
            "the web server": lambda web, _job: [web],
            "all of the web server": lambda web, _job: [web, *children(web)],
            "the worker": lambda _web, job: [job],
        }

        def kill() -> None:
            nonlocal kills, away
            if away or day.done < kills * run.size / len(ways) or kills == len(ways):
                return
            name, victims = list(ways.items())[kills]
            pids = victims(*parts(process.pid))
            began = time.monotonic()
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            try:
                wait(lambda: process.poll() is not None or (whole(process.pid, pids) and ready(ours)), BACK * 4)
            except TimeoutError:
                away = f"{name}: not there again after {BACK * 4:.0f} s"
            slowest[name] = time.monotonic() - began
            if process.poll() is not None:
                away = f"{name}: the shop ended with status {process.poll()}"
            elif not away and slowest[name] > BACK:
                away = f"{name}: back after {slowest[name]:.1f} s only"
            kills += 1

        found = ours.play(day, kill, gives_up=3 if run.without else 60)
        if away:
            found.away.append(away)
    run.figures |= {f"{name} back after": f"{seconds:.1f} s" for name, seconds in slowest.items()}
    return found


def parts(serve: int) -> list[int]:
    """Web server and worker: the first has processes of its own."""
    return sorted(children(serve), key=lambda pid: not children(pid))


def whole(serve: int, gone: list[int]) -> bool:
    """Every process of the shop is there, none of them one that is gone."""
    found = parts(serve)
    workers = children(found[0]) if len(found) == 2 else []
    return len(workers) == 2 and not {*found, *workers} & set(gone)


@scenario("requests never end", "limit")
def endless(run: Run) -> Outcome:
    """In each way as many at once as the server has threads: nobody else is served until they are ended."""
    house, away = run.house, ""
    kinds = {way: many for way, many in WAYS.items() if way == "compute" or run.size > 10}  # the suite plays one
    back = dict.fromkeys(kinds, 0.0)
    house.reopen(WEB_TIMEOUT=str(LIMIT), WEB_WORKERS="1", WEB_THREADS=str(DESKS), FAULTS_WITHOUT=run.without)
    ways = [way for way, many in kinds.items() for _ in range(many)]  # of the first orders
    before, began, ended = house.reached(*WAYS), 0.0, 0  # ended: so many requests, all of their way

    def plan(number: int, button: str) -> Trouble:
        while ended < len(ways) and number >= ended + WAYS[ways[ended]] and not away:
            time.sleep(0.01)  # one way after the other
        hangs = button == "confirm" and number < len(ways) and not away
        return Trouble(fault=f"{ways[number]}=claimed") if hangs else CALM

    def look() -> None:
        nonlocal ended, began, away
        reached = house.reached(*WAYS) - before
        if away or reached == ended:
            return
        way, began = ways[ended], began or time.monotonic()
        there = reached == ended + WAYS[way] and house.ready(seconds=1)
        back[way] = time.monotonic() - began
        if there:
            ended, began = reached, 0.0
        elif back[way] > LIMIT + (2 if run.without else 4 * BACK):
            away = f"{way}: no answer after {back[way]:.0f} s"
            house.reopen()

    found = run.play(run.day(plan, drafts=max(run.size, len(ways))), look)
    found.away += [away] if away else []
    run.figures |= {"limit": f"{LIMIT} s"} | {f"{way}: back after": f"{took:.1f} s" for way, took in back.items()}
    house.reopen()
    return found
