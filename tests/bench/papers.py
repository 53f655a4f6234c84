"""PDF: the whole view in this process, beside WeasyPrint alone on the same page of HTML."""

import time

from django.urls import reverse

from sales.documents import confirmation, pdf
from tests.bench.measure import Row, in_turn, percentile


def row(shop, lines: int, rounds: int) -> Row:
    order = shop.confirmed(lines)
    path = reverse("documents:confirmation_pdf", args=[order.pk])
    html = confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))

    def view(_n: int) -> float:
        since = time.perf_counter()
        response = shop.client.get(path)
        took = time.perf_counter() - since
        if response.status_code != 200 or response.content[:4] != b"%PDF":
            raise RuntimeError(f"{path} answered {response.status_code}")
        return took

    def alone(_n: int) -> float:
        engine = pdf._engine()
        since = time.perf_counter()
        page = engine.weasyprint.HTML(string=html, base_url=pdf.ORIGIN, url_fetcher=engine.fetcher)
        page.write_pdf(font_config=engine.fonts, stylesheets=[engine.style])
        return time.perf_counter() - since

    ours, theirs = in_turn(rounds, view, alone)
    made = Row(
        f"pdf{lines}", f"PDF of {lines} lines, beside WeasyPrint alone", rounds, percentile(ours, 0.5),
        percentile(ours, 0.99), percentile(theirs, 0.5), aim=1.3,
    )  # fmt: skip
    made.ratio = made.p50 / made.floor
    return made.judge()
