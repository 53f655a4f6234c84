"""What orders say when a customer is erased, and the personal part of versions whose term has passed."""

import datetime

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.db import walls
from backoffice.core.db.roles import as_owner
from backoffice.core.errors import Refusal
from backoffice.core.sorting import sort_key
from backoffice.relations.models import Branch, Customer
from backoffice.relations.services import anonymising, customers
from sales.models import OrderVersion, SalesOrder
from sales.services.following import follow_customers

AT_A_TIME = 2000


def refuse_open_orders(customer: Customer) -> None:
    """Raises Refusal while an order of the customer is a draft, or has something left to deliver or to pay."""
    done = Q(delivery_state=SalesOrder.Extent.ALL) | Q(cancel_state=SalesOrder.Extent.ALL)
    undone = ~done | ~Q(paid_total=F("gross"))
    drafts = Q(lifecycle=SalesOrder.Lifecycle.DRAFT)
    still = customer.orders.filter(drafts | (Q(lifecycle=SalesOrder.Lifecycle.CONFIRMED) & undone)).first()
    if still is not None:
        name = still.number or _("een concept")
        raise Refusal(
            "customer.open_orders",
            _("Deze debiteur heeft nog een order die openstaat (%(order)s). Handel die eerst af.") % {"order": name},
        )


def forget_address(customer: Customer) -> None:
    """Where mail about its orders went is no part of what the law asks to keep; nobody finds them by it any more."""
    customer.orders.exclude(customer_email="").update(customer_email="")
    follow_customers([customer])


def blank_versions(*, before: datetime.date) -> int:
    """Blank who it was in the versions made before this day, as the owner of the database. How many they are.

    Orders of before that day lose it too where the customer was anonymised. What was sold, and for how much, stays.
    Each branch's journal says that it was done.
    """
    moment = datetime.datetime.combine(before, datetime.time.min, timezone.get_current_timezone())
    counted: dict[int, int] = {}
    old = OrderVersion.objects.filter(at__lt=moment).exclude(personal={})
    while True:
        with as_owner(), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL {walls.OVERRIDE} = 'on'")
            rows = list(old.order_by("pk").values_list("pk", "order__branch_id")[:AT_A_TIME])
            OrderVersion.objects.filter(pk__in=[pk for pk, _branch in rows]).update(personal={})
        for _pk, branch_id in rows:
            counted[branch_id] = counted.get(branch_id, 0) + 1
        if len(rows) < AT_A_TIME:
            break
    gone = SalesOrder.objects.filter(customer__anonymised_at__isnull=False, confirmed_at__lt=moment)
    gone.exclude(customer_name=anonymising.NAME).update(
        customer_name=anonymising.NAME, customer_sort=sort_key(anonymising.NAME), customer_attention="",
        customer_vat_id="", customer_email="", note="", invoice_address={}, delivery_address={},
        extra_data={}, search_text=Lower("number"),
    )  # fmt: skip
    for branch in Branch.objects.filter(pk__in=counted).order_by("pk"):
        data = {"before": before.isoformat(), "versions": counted[branch.pk]}
        journal.record(branch_id=branch.pk, employee=None, action="sales.versions.blanked", about=branch, data=data)
    return sum(counted.values())


def register() -> None:
    anonymising.BEFORE.append(refuse_open_orders)
    anonymising.AFTER.append(forget_address)
    customers.FOLLOW.append(follow_customers)
