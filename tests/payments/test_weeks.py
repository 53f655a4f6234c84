"""The last eight weeks per branch on the start page: charts and a table, each figure a link to what it counts."""

import datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments.selectors import weeks
from payments.services.depositing import deposit
from sales.models import SalesOrder
from sales.services import cancelling
from tests import factories, grown
from tests.payments import shop as money
from tests.plans import plan_of

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = datetime.date(2026, 11, 24)  # a Tuesday in week 48
MONDAYS = [datetime.date(2026, 10, 5) + datetime.timedelta(weeks=at) for at in range(8)]
SVG = "{http://www.w3.org/2000/svg}"


def on(day: datetime.date):
    return time_machine.travel(f"{day}T10:00:00+01:00", tick=False)


@pytest.fixture
def busy():
    """Utrecht sells in weeks 41, 43 and 48, and is paid in 43 and 48; Zwolle sells once; older ones do not count."""
    with on(TODAY):
        s = money.shop()
        s.zwolle = factories.branch("Zwolle")

    def sold(day, *prices, branch=s.branch, paid=""):
        with on(day):
            order = money.order(s, *prices, branch=branch)
            if paid:
                tenders = [(s.method.bank.pk, D(paid))]
                deposit(order_id=order.pk, tenders=tenders, employee=s.office, session_id=None)
        return order

    day = datetime.timedelta(days=1)
    sold(MONDAYS[0] - day, "500.00", paid="500.00")
    sold(MONDAYS[0], "100.00")
    sold(MONDAYS[2], "41.33", paid="20.00")
    sold(MONDAYS[2] + 6 * day, "10.00", ("5.50", "low"))
    sold(TODAY, "80.00", paid="79.50")
    with on(TODAY):
        gone = sold(TODAY, "60.00")
        cancelling.cancel(order_id=gone.pk, employee=s.manager, reason="proef")
        money.order(s, "70.00", confirmed=False)
    SalesOrder.objects.filter(pk=sold(TODAY, "33.00").pk).update(branch=s.zwolle)
    with on(TODAY):
        yield s


def test_the_figures_are_those_of_the_weeks(client, busy):
    s = busy
    client.force_login(s.admin)
    s.admin.roles.update(branch=None)
    shown = {one.branch: one for one in client.get(reverse("payments:weeks")).context["shown"]}
    assert [number for number, _monday in shown[s.branch].numbers] == [41, 42, 43, 44, 45, 46, 47, 48]
    utrecht, zwolle = (
        {measure.label: ([week.value for week in measure.weeks], measure.total.value) for measure in one.measures}
        for one in (shown[s.branch], shown[s.zwolle])
    )
    assert utrecht == {
        "Orders": ([1, 0, 2, 0, 0, 0, 0, 1], 4),
        "Orderomzet incl. BTW": ([D("100.00"), 0, D("56.83"), 0, 0, 0, 0, D("80.00")], D("236.83")),
        "Aanbetalingen": ([0, 0, D("20.00"), 0, 0, 0, 0, D("79.50")], D("99.50")),
    }
    assert {label: total for label, (_weeks, total) in zwolle.items()} == {
        "Orders": 1, "Orderomzet incl. BTW": D("33.00"), "Aanbetalingen": 0,
    }  # fmt: skip


def test_each_figure_is_the_list_behind_it(client, busy):
    client.force_login(busy.manager)
    (utrecht,) = client.get(reverse("payments:weeks")).context["shown"]  # a manager's own branch alone
    orders, turnover, deposits = utrecht.measures
    for number, gross in zip([*orders.weeks, orders.total], [*turnover.weeks, turnover.total], strict=True):
        assert number.url == gross.url
        rows = client.get(number.url).context["page"].rows
        assert (len(rows), sum(row.gross.amount for row in rows)) == (number.value, gross.value)
    for figure in (*deposits.weeks, deposits.total):
        table = client.get(figure.url).context["table"]
        assert (sum(row[-1] for row in table.rows), table.totals[-1]) == (figure.value, figure.value)
    rows = client.get(deposits.total.url).context["table"].rows
    assert [(row[3], row[4], row[5]) for row in rows] == [
        (MONDAYS[2], "Bank", D("20.00")), (TODAY, "Bank", D("79.50")),
    ]  # fmt: skip


def test_the_charts_draw_the_same_figures_and_carry_nothing_inline(client, busy):
    client.force_login(busy.manager)
    answer = client.get(reverse("payments:weeks"))
    (utrecht,) = answer.context["shown"]
    assert "style" not in answer.content.decode() and "<script" not in answer.content.decode()
    for measure, drawing in utrecht.charts:
        chart = ElementTree.fromstring(drawing)
        assert {node.tag.removeprefix(SVG) for node in chart.iter()} == {
            "svg",
            "g",
            "path",
            "text",
            "title",
            "a",
            "rect",
        }
        links = list(chart.iter(f"{SVG}a"))
        assert [link.get("href") for link in links] == [week.url for week in measure.weeks]
        heights = [float(link.find(f"{SVG}rect").get("height")) for link in links]
        highest = max(week.value for week in measure.weeks)
        assert heights == pytest.approx([float(week.value / highest) * max(heights) for week in measure.weeks])
    said = [link.findtext(f"{SVG}title") for link in ElementTree.fromstring(utrecht.charts[1][1]).iter(f"{SVG}a")]
    assert said[2] == "Week 43, vanaf 19-10-2026: € 56,83".replace("€ ", "€\u00a0")


def test_the_weeks_take_as_many_statements_for_ten_branches_as_for_two(busy):
    def statements(branches) -> int:
        with CaptureQueriesContext(connection) as captured:
            weeks.last_weeks(busy.office, branches, TODAY)
        return len([q for q in captured if "employeerole" not in q["sql"]])

    two = [busy.branch, busy.zwolle]
    ten = [*two, *(factories.branch(f"Filiaal {n}") for n in range(8))]
    assert (statements(two), statements(ten)) == (2, 2)


def test_beyond_ten_branches_the_largest_are_drawn_and_the_others_are_one_sum(client, busy):
    """Utrecht 236,83 and Zwolle 33,00 sell most; nine of ten others sell an order of 5,00 or 10,00 each."""
    s = busy
    others = [factories.branch(f"Filiaal {n:02d}") for n in range(10)]
    for n, branch in enumerate(others[:9]):
        made = money.order(s, "10.00" if n < 8 else "5.00")
        deposit(order_id=made.pk, tenders=[(s.method.bank.pk, D("2.00"))], employee=s.office, session_id=None)
        SalesOrder.objects.filter(pk=made.pk).update(branch=branch)
    client.force_login(s.admin)
    s.admin.roles.update(branch=None)
    answer = client.get(reverse("payments:weeks"))
    shown = answer.context["shown"]
    # eight of 10,00 beside Utrecht and Zwolle, in the order of their names; the rest is one of 5,00 and one of nothing
    assert [one.title for one in shown] == [
        *(f"Filiaal {n:02d}" for n in range(8)), s.branch.name, "Zwolle", "Overige 2 filialen",
    ]  # fmt: skip
    last = shown[-1].measures
    rest = {measure.label: ([week.value for week in measure.weeks], measure.total.value) for measure in last}
    assert rest["Orders"] == ([0] * 7 + [1], 1)
    assert rest["Orderomzet incl. BTW"] == ([0] * 7 + [D("5.00")], D("5.00"))
    # no list shows just these two: the figures lead nowhere, in the table and in the chart
    assert not any(week.url for measure in last for week in (*measure.weeks, measure.total))
    drawn = answer.content.decode().split("Overige 2 filialen</h3>")[1]
    assert "<a " not in drawn and drawn.count("<svg") == 1
    assert answer.content.decode().count("<svg") == 11  # the turnover of each
    everything = sum(one.measures[1].total.value for one in shown)
    assert everything == D("236.83") + D("33.00") + 8 * D("10.00") + D("5.00")


def test_two_hundred_branches_weigh_as_much_as_eleven(client, busy):
    busy.admin.roles.update(branch=None)
    client.force_login(busy.admin)
    sizes = []
    for number in (9, 189):
        grown.branches(busy.branch, number)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(reverse("payments:weeks"))
            sizes.append((len(captured), len(answer.context["shown"]), len(answer.content)))
    assert [row[:2] for row in sizes] == [sizes[0][:2]] * 2
    assert sizes[1][2] < sizes[0][2] + 500 and sizes[1][2] < 300_000, sizes


@pytest.mark.django_db(transaction=True)
def test_the_weeks_read_no_more_than_their_own_days(busy):
    """Among five thousand older orders the index by date is taken, for orders and for deposits."""
    like = SalesOrder.objects.filter(listed=True, lifecycle="confirmed").first()
    fields = [f.column for f in SalesOrder._meta.concrete_fields if not f.primary_key and not f.generated]
    own = {"number": "''", "order_date": "'2020-01-01'", "lifecycle": "'draft'"}
    columns, values = ", ".join(fields), ", ".join(own.get(name, name) for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO sales_salesorder ({columns}) SELECT {values} FROM sales_salesorder,"
            " generate_series(1, 5000) WHERE id = %s",
            [like.pk],
        )
    with CaptureQueriesContext(connection) as captured:
        weeks.last_weeks(busy.office, [busy.branch], TODAY)
    statement = next(q["sql"] for q in captured if "sales_salesorder" in q["sql"])
    plan = plan_of(statement, "sales_salesorder")
    assert "order_list" in plan and "Seq Scan on sales_salesorder" not in plan, plan
