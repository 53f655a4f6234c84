"""What the till loads, counted in a real browser, from the static files as production serves them."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from django.urls import reverse

from pos.models import QuickKey, QuickKeyPage
from pos.services import seats
from sales.services import lines
from tests import factories
from tests.manual.kassa import TOUCH, ready, shop
from tests.pos import counter
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def production(transactional_db, settings, tmp_path):
    """A server of its own: hashed, compressed static files with the headers of production; gives its address."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "backoffice.core.static.FlatStorage"}}
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS, settings.WHITENOISE_AUTOREFRESH = tmp_path, False, False
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["admin", "tour"])
    server = LiveServerThread("localhost", lambda handler: handler, connections_override={})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://localhost:{server.port}"
    server.terminate()


def furnish(s):
    """Twelve full pages of quick keys, and 25 lines on the counter."""
    layout = s.till.layouts.get()
    shirts = [factories.article(f"6{n:04d}", f"Overhemd met lange mouwen {n}") for n in range(25)]
    for number in range(1, 12):
        page = QuickKeyPage.objects.create(layout=layout, name=f"Afdeling {number}", position=number)
        QuickKey.objects.bulk_create(
            QuickKey(page=page, row=n // 5, column=n % 5, article=shirt) for n, shirt in enumerate(shirts[:20])
        )
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    items = [(shirt.variants.get().pk, Decimal(1)) for shirt in shirts]
    lines.add(order_id=seat.order_id, items=items, employee=s.seller)


class Scales:
    """What comes to the page over the network; what the browser had already weighs nothing."""

    def __init__(self, page):
        self.urls, self.bytes, self.kept = {}, {}, set()
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.requestWillBeSent", lambda told: self.urls.update({told["requestId"]: told["request"]["url"]}))
        line.on("Network.requestServedFromCache", lambda told: self.kept.add(told["requestId"]))
        line.on("Network.responseReceived", self._received)
        line.on(
            "Network.loadingFinished", lambda told: self.bytes.update({told["requestId"]: told["encodedDataLength"]})
        )

    def _received(self, told):
        if told["response"].get("fromDiskCache"):
            self.kept.add(told["requestId"])

    def read(self) -> dict[str, int]:
        """{address: bytes} since the last reading."""
        poll = reverse("pos:queue_count")  # every four seconds, on a slow machine before the page is counted
        loaded = {name: url for name, url in self.urls.items() if name not in self.kept and poll not in url}
        found = {url: self.bytes.get(name, 0) for name, url in loaded.items()}
        self.urls, self.bytes, self.kept = {}, {}, set()
        return found


def test_the_till_comes_in_eight_requests_and_then_in_one(new_page, production):
    s, browser = shop(), SimpleNamespace(cookies={})
    counter.sit(browser, s.till, s.seller)
    furnish(s)
    page = new_page(**TOUCH, base_url=production)
    page.context.add_cookies([{"name": "till_device", "value": browser.cookies["till_device"], "url": production}])
    scales = Scales(page)

    page.goto(reverse("pos:till"))
    ready(page)
    page.wait_for_load_state("networkidle")
    first = scales.read()
    page.goto(reverse("pos:till"))
    ready(page)
    page.wait_for_load_state("networkidle")
    again = scales.read()

    assert len(first) <= 8 and sum(first.values()) <= 200_000, " ".join(url.removeprefix(production) for url in first)
    assert list(again) == [production + reverse("pos:till")] and sum(again.values()) <= 30_000, again
    # all of it works as it does in one file
    scan(page, factories.code_of(s.wit40))
    page.get_by_role("tab", name="Toonbank").tap()
    page.get_by_role("button", name="Oxford-overhemd Kade 49,95").tap()
    page.get_by_role("dialog", name="Oxford-overhemd Kade").get_by_label("Aantal Navy 40").tap()
    page.get_by_role("button", name="Op de bon").tap()
    page.locator(".bon-line", has_text="Navy · 40").wait_for()
    page.get_by_role("link", name="Afrekenen").tap()
    page.wait_for_selector("html[data-pay=ready]")
