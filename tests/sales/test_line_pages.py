"""An order of many lines is drawn a page at a time: totals are whole, and what is touched is seen."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.core.keys import new_key
from sales.line_pages import MOST, line_page
from sales.models import SalesOrder
from sales.services import amending, confirming, lines
from tests import factories, grown
from tests.markup import compact
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def s(client):
    made = shop()
    made.big = grown.article("G-180", 12, 15)  # 180 variants of 49,95
    made.variants = list(made.big.variants.order_by("colour__position", "size__position"))
    client.force_login(made.office)
    return made


def draft(s, number: int) -> SalesOrder:
    return factories.draft(employee=s.office, branch=s.branch, items=[(one, 1) for one in s.variants[:number]])


def drawn(html: str) -> list[int]:
    """The ids of the lines that are drawn whole, in order."""
    return [int(pk) for pk in re.findall(r'<tr id="l(\d+)"', html)]


def screen(client, order, page: int | None = None):
    return client.get(reverse("sales:order", args=[order.pk]), {"blad": page} if page else {})


def write(client, name: str, *args, page: int | None = None, **values):
    """A write of the order screen, with the page of lines that it shows."""
    mark = {} if page is None else {"blad": page}
    return client.post(
        reverse(name, args=args), {"key": str(new_key()), **mark, **values}, headers={"HX-Request": "true"}
    )


def ids(order) -> list[int]:
    return list(order.lines.order_by("position").values_list("pk", flat=True))


def test_the_screen_shows_a_page_and_the_totals_of_all(client, s):
    order = draft(s, 160)
    every = ids(order)
    for page, shown, words in ((1, every[:75], "Regels 1–75 van 160"), (3, every[150:], "Regels 151–160 van 160")):
        html = compact(screen(client, order, page))
        assert drawn(html) == shown and words in html
        assert "7.992,00" in html  # 160 x 49,95
        assert f'name="blad" value="{page}"' in html
    # the head of the article counts all of its lines, on each page
    heads = re.findall(r'<tr class="group".*?</tr>', compact(screen(client, order, 2)))
    assert len(heads) == 1 and "<b>160</b>" in heads[0] and "7.992,00" in heads[0]


def test_75_lines_have_no_pages_and_76_have(client, s):
    order = draft(s, MOST)
    assert "line-page" not in screen(client, order).content.decode()
    answer = write(client, "sales:scan", order.pk, code=f"G-G-180-{MOST}").content.decode()
    # the new line is seen: it stands alone on the second page
    assert drawn(answer) == ids(order)[MOST:] and 'name="blad" value="2"' in answer and "3.796,20" in answer


def test_a_scan_onto_a_line_of_another_page_brings_that_page(client, s):
    order = draft(s, 160)
    every = ids(order)
    answer = write(client, "sales:scan", order.pk, page=1, code="G-G-180-100").content.decode()
    assert drawn(answer) == every[75:150] and 'name="blad" value="2"' in answer
    assert order.lines.get(pk=every[100]).quantity == 2 and "8.041,95" in answer  # 161 x 49,95
    # once more, on the page where it stands: the line's parts alone
    answer = write(client, "sales:scan", order.pk, page=2, code="G-G-180-100").content.decode()
    assert drawn(answer) == [] and f'id="l{every[100]}-quantity-box"' in answer and "8.091,90" in answer


def test_a_cell_a_deletion_and_a_move_leave_the_page_as_it_is(client, s):
    order = draft(s, 160)
    every = ids(order)
    answer = write(
        client, "sales:line", order.pk, every[80], page=2, quantity="3", revision=order.lines.get(pk=every[80]).revision
    ).content.decode()
    assert drawn(answer) == [] and f'id="l{every[80]}t"' in answer and "8.091,90" in answer
    # what was the first of the third page comes up to the second
    answer = write(client, "sales:line_delete", order.pk, every[80], page=2).content.decode()
    assert drawn(answer) == [pk for pk in every[75:151] if pk != every[80]]
    # over the edge of the page: the line is seen where it went
    answer = write(client, "sales:line_move", order.pk, every[75], page=2, to="up").content.decode()
    assert ids(order)[73:76] == [every[73], every[75], every[74]]
    assert every[75] in drawn(answer)


def test_the_last_page_that_is_gone_gives_the_one_before(client, s):
    order = draft(s, 76)
    every = ids(order)
    answer = write(client, "sales:line_delete", order.pk, every[-1], page=2).content.decode()
    assert drawn(answer) == every[:75] and 'id="line-page"' not in answer
    assert line_page(75, 9).at == 1 and line_page(0, None).at == 1


def test_what_was_changed_elsewhere_is_shown_before_it_is_confirmed(client, s):
    """The mark of what was shown is of all lines, also of those on other pages."""
    order = draft(s, 160)
    page = screen(client, order)
    mark = re.search(r'name="shown" value="([^"]+)"', page.content.decode())[1]
    other = order.lines.order_by("position").last()
    lines.set_line(
        order_id=order.pk, line_id=other.pk, revision=other.revision, values={"quantity": D(5)}, employee=s.manager
    )
    order.refresh_from_db()
    customer = factories.customer()
    SalesOrder.objects.filter(pk=order.pk).update(customer=customer, customer_name=customer.name)
    answer = write(client, "sales:confirm", order.pk, page=1, shown=mark, revision=order.revision)
    assert answer.status_code == 409
    assert other.pk in drawn(answer.content.decode()) and "Toch bevestigen?" in answer.content.decode()
    order.refresh_from_db()
    assert order.lifecycle == "draft"


def test_an_amendment_and_a_confirmed_order_have_pages_too(client, s):
    order = draft(s, 160)
    customer = factories.customer()
    SalesOrder.objects.filter(pk=order.pk).update(customer=customer, customer_name=customer.name)
    confirming.confirm(order_id=order.pk, employee=s.office)
    html = screen(client, order, 3).content.decode()
    assert html.count('<td class="num muted">1') == 10 and "Regels 151–160 van 160" in html and "7.992,00" in html
    opened = amending.amend(order_id=order.pk, employee=s.office)
    assert drawn(screen(client, opened, 3).content.decode()) == ids(opened)[150:]
    answer = write(client, "sales:scan", opened.pk, page=1, code="G-G-180-159").content.decode()
    assert drawn(answer) == ids(opened)[150:]


def test_180_lines_weigh_what_100_do(client, s):
    figures = []
    for number in (100, 180):
        order = draft(s, number)
        with CaptureQueriesContext(connection) as captured:
            figures.append((len(screen(client, order).content), len(captured)))
    assert figures[0][1] == figures[1][1]
    assert figures[1][0] < figures[0][0] + 1000 and figures[1][0] < 300_000, figures


def placed(s, number: int) -> SalesOrder:
    items = [(one, 1) for one in s.variants[:number]]
    made = factories.draft(employee=s.office, branch=s.branch, items=items, customer=factories.customer())
    return confirming.confirm(order_id=made.pk, employee=s.office)


def boxes(html: str) -> list[int]:
    """The ids of the lines that the dialog Order annuleren shows, in order."""
    return [int(pk) for pk in re.findall(r'name="line-(\d+)"', html)]


@pytest.mark.parametrize("name", ["sales:cancel", "payments:cancel"])
def test_the_dialog_of_cancelling_reads_75_lines_at_a_time(client, s, name):
    order = placed(s, 180)
    ids = list(order.lines.order_by("position").values_list("pk", flat=True))
    url = reverse(name, args=[order.pk])
    whole = client.get(url)
    page = compact(whole)
    assert boxes(page) == ids[:75] and "Nog 105 regels" in page and len(whole.content) < 60_000
    assert "180 st." in page  # the sums are of all
    second = compact(client.get(url, {"vanaf": 75}))
    assert boxes(second) == ids[75:150] and f'hx-get="{url}?vanaf=150"' in second and "Nog 30 regels" in second
    third = compact(client.get(url, {"vanaf": 150}))
    assert boxes(third) == ids[150:] and "hx-get" not in third
    assert boxes(compact(client.get(url, {"vanaf": 999}))) == []


def test_what_was_typed_far_down_comes_back_where_it_was_refused(client, s):
    order = placed(s, 180)
    ids = list(order.lines.order_by("position").values_list("pk", flat=True))
    url = reverse("payments:cancel", args=[order.pk])
    typed = {"key": str(new_key()), "part": "1", f"line-{ids[0]}": "1", f"line-{ids[99]}": "veel"}
    answer = client.post(url, typed)
    page = compact(answer)
    assert answer.status_code == 422 and boxes(page) == ids[:100] and "Nog 80 regels" in page
    assert re.search(rf'id="line-{ids[99]}"[^>]*value="veel"[^>]*aria-invalid="true"', page)
    order.refresh_from_db()
    assert order.cancel_state == "none"
    # the next lines go on after those that are shown
    assert f'hx-get="{url}?vanaf=100"' in page
    assert boxes(compact(client.get(url, {"vanaf": 100}))) == ids[100:175]


def test_a_line_far_down_is_cancelled_from_the_dialog(client, s):
    order = placed(s, 180)
    last = order.lines.order_by("position").last()
    url = reverse("payments:cancel", args=[order.pk])
    client.post(url, {"key": str(new_key()), "part": "1", f"line-{last.pk}": "1", "reason": "niet meer"})
    last.refresh_from_db()
    assert last.cancelled_quantity == 1 and order.lines.filter(cancelled_quantity__gt=0).count() == 1
