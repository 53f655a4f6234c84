"""What only grows beside an order: its confirmed versions and its deliveries."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.models import AppendOnly
from backoffice.relations.models import Branch, Employee
from sales.models.order import OrderLine, SalesOrder


class OrderVersion(AppendOnly):
    """What was confirmed, once per version; personal fields stand apart so that they can be blanked in time."""

    class Action(models.TextChoices):
        """What made the version."""

        CONFIRMED = "confirmed", _("Bevestigd")
        AMENDED = "amended", _("Gewijzigd")
        CANCELLED = "cancelled", _("Geannuleerd")
        RESTORED = "restored", _("Annulering teruggedraaid")

    order = models.ForeignKey(SalesOrder, models.PROTECT, related_name="versions")
    action = models.CharField(max_length=9, choices=Action.choices, default=Action.CONFIRMED)
    reason = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    changes = models.JSONField(default=list)
    snapshot = models.JSONField(default=dict)
    personal = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "version"], name="order_version_once")]


class Delivery(AppendOnly):
    """Goods that left: on a packing slip, or handed over at a till. A cancelled slip is one of the opposite sign."""

    class Kind(models.TextChoices):
        SLIP = "slip", _("Pakbon")
        HAND_OVER = "hand_over", _("Meegegeven")

    order = models.ForeignKey(SalesOrder, models.PROTECT, related_name="deliveries")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    # why it left although the deposit that the Soort asks was not paid
    override_reason = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        # deliveries of one order, and what left a branch lately
        indexes = [
            models.Index(fields=["order", "id"], name="delivery_of_order"),
            models.Index(fields=["branch", "-at"], name="delivery_of_branch"),
        ]

    # what the service that made it hangs on it: (line, quantity) of each of its rows
    picks: list


class DeliveryLine(AppendOnly):
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="deliveries")
    quantity = models.DecimalField(max_digits=9, decimal_places=3)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="delivery_quantity_not_zero")]
