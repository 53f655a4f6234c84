"""The bookkeeper's overviews over the whole year of the shop: how long one waits for each, and the worker's part."""

import time
from datetime import timedelta

from django.db.models import Max
from django.urls import reverse

from backoffice.core.formats import format_date
from backoffice.core.keys import new_key
from payments.models import LedgerEntry
from payments.views.reports import URLS
from sales.documents.models import ExportJob
from sales.documents.services import making
from tests.bench.measure import Row, percentile
from tests.bench.shop import CSRF


def row(shop, rounds: int) -> Row:
    """The slowest of the overviews, in seconds; what is too much to wait for is answered so, and made by the worker."""
    last = LedgerEntry.objects.aggregate(last=Max("business_date"))["last"]
    asked = {"first": format_date(last - timedelta(days=364)), "last": format_date(last), "per": "month"}
    waited, notes = [], []
    for name, url in URLS.items():
        times = []
        for _round in range(rounds):
            since = time.perf_counter()
            response = shop.client.get(reverse(f"payments:{url}"), asked)
            times.append(time.perf_counter() - since)
            if response.status_code != 200:
                raise RuntimeError(f"{name} answered {response.status_code}")
        waited.append(times)
        large = b"report-large" in response.content
        made = f", then {_by_the_worker(shop, url, asked):.1f} by the worker" if large else ""
        notes.append(f"{name} {percentile(times, 0.5):.2f}{made}")
    slowest = max(waited, key=lambda times: percentile(times, 0.5))
    return Row(
        "overviews", "overview over a year, the slowest", rounds, percentile(slowest, 0.5), percentile(slowest, 0.99),
        aim=1, unit="s", note="; ".join(notes),
    ).judge()  # fmt: skip


def _by_the_worker(shop, url: str, asked: dict) -> float:
    """Seconds that the worker's job takes, from its beginning to the file."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    values = {"key": new_key(), "format": "csv"}
    response = shop.send("POST", f"{reverse(f'payments:{url}')}?{query}", values, {"X-CSRFToken": CSRF})
    if response.status_code != 303:
        raise RuntimeError(f"{url} answered {response.status_code}")
    job = ExportJob.objects.order_by("-created_at")[0]
    since = time.perf_counter()
    making.run(str(job.pk))
    took = time.perf_counter() - since
    job.refresh_from_db()
    if job.status != ExportJob.Status.DONE:
        raise RuntimeError(job.error)
    job.file.delete()
    return took
