"""Sales orders: everything sold, at a desk or at a till, is one (docs/decisions.md, 1)."""

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from backoffice.catalog.models import Variant
from backoffice.core.money import amount_field
from backoffice.relations.models import Branch, Customer, Employee, Till, VatMode
from sales.models.setup import DeliveryMethod, OrderType

if TYPE_CHECKING:
    from sales.pricing import Totals

LISTED = Q(listed=True)


class SalesOrder(models.Model):
    """A sales order from Concept to Afgehandeld. Money in EUR, in the order's VAT mode unless named otherwise.

    Stored totals and status axes are written by sales.totals and sales.status only; paid_total by payments only.
    """

    class Channel(models.TextChoices):
        DESK = "desk", _("Backoffice")
        TILL = "till", _("Kassa")

    class Lifecycle(models.TextChoices):
        DRAFT = "draft", _("Concept")
        CONFIRMED = "confirmed", _("Bevestigd")
        DISCARDED = "discarded", _("Verworpen")

    class Extent(models.TextChoices):
        """How far an axis has come: none, part or all of it."""

        NONE = "none", _("Niet")
        PART = "part", _("Gedeeltelijk")
        ALL = "all", _("Volledig")

    class PaymentState(models.TextChoices):
        NONE = "none", _("Niet betaald")
        PART = "part", _("Aanbetaald")
        PAID = "paid", _("Betaald")

    class Status(models.TextChoices):
        """The word shown (docs/decisions.md, 3)."""

        DRAFT = "draft", _("Concept")
        CANCELLED = "cancelled", _("Volledig geannuleerd")
        SETTLED = "settled", _("Afgehandeld")
        DELIVERED = "delivered", _("Volledig geleverd")
        PART_DELIVERED = "part_delivered", _("Gedeeltelijk geleverd")
        PART_CANCELLED = "part_cancelled", _("Gedeeltelijk geannuleerd")
        OPEN = "open", _("Openstaand")
        QUOTATION = "quotation", _("Offerte")

    number = models.CharField(_("Nummer"), max_length=24, blank=True, default="")
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.DESK)
    till = models.ForeignKey(Till, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    order_type = models.ForeignKey(OrderType, models.PROTECT, related_name="+", verbose_name=_("Soort"))

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("Debiteur")
    )
    customer_name = models.CharField(max_length=200, blank=True, default="")
    # the sort key of the customer's name (core.sorting), for the list
    customer_sort = models.TextField(db_collation="C", blank=True, default="", db_default="", editable=False)
    customer_attention = models.CharField(max_length=120, blank=True, default="")
    customer_vat_id = models.CharField(max_length=20, blank=True, default="")
    customer_email = models.EmailField(blank=True, default="")
    # postal addresses as agreed: street line, city line, country
    invoice_address = models.JSONField(default=dict, blank=True)
    delivery_address = models.JSONField(default=dict, blank=True)

    order_date = models.DateField(_("Datum"))
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    entered_at_branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("Medewerker"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("Filiaal"))
    subject = models.CharField(_("Betreft"), max_length=120, blank=True, default="")
    reference = models.CharField(_("Referentie klant"), max_length=80, blank=True, default="")
    expected_delivery_date = models.DateField(_("Verwachte leverdatum"), null=True, blank=True)
    # orders without a date come last in the list
    due_sort = models.GeneratedField(
        expression=Coalesce("expected_delivery_date", Value(date(9999, 12, 31))),
        output_field=models.DateField(),
        db_persist=True,
    )
    time_window = models.CharField(_("Tijdvak"), max_length=40, blank=True, default="")
    delivery_method = models.ForeignKey(DeliveryMethod, models.PROTECT, related_name="+", verbose_name=_("Leverwijze"))
    vat_mode = models.CharField(max_length=14, choices=VatMode.choices, default=VatMode.INCLUSIVE)
    discount_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    discount_amount = amount_field(default=0)
    discount_mode = models.CharField(max_length=14, choices=VatMode.choices, default=VatMode.INCLUSIVE)
    note = models.TextField(_("Interne notitie"), max_length=4000, blank=True, default="")
    extra_data = models.JSONField(default=dict, blank=True)

    net = amount_field(default=0)
    vat = amount_field(default=0)
    gross = amount_field(default=0)
    paid_total = amount_field(default=0)

    # an offerte: agreed to nothing yet, so it reserves, delivers and is paid nothing (copied from the Soort)
    quotation = models.BooleanField(default=False)
    lifecycle = models.CharField(max_length=9, choices=Lifecycle.choices, default=Lifecycle.DRAFT)
    delivery_state = models.CharField(max_length=4, choices=Extent.choices, default=Extent.NONE)
    cancel_state = models.CharField(max_length=4, choices=Extent.choices, default=Extent.NONE)
    payment_state = models.CharField(max_length=4, choices=PaymentState.choices, default=PaymentState.NONE)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    amends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # the order that an offerte became: once
    converted_to = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="converted_from")
    claimed_by = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_till = models.ForeignKey(Till, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    parked_name = models.CharField(max_length=60, blank=True, default="")
    # whether the list Verkooporders shows it: not an amendment, not a basket, not discarded (sales.status)
    listed = models.BooleanField(default=True)
    search_text = models.TextField(blank=True, default="", editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("verkooporder"), _("verkooporders")
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="order_number_once"),
            models.CheckConstraint(
                condition=Q(channel="desk", till__isnull=True) | Q(channel="till", till__isnull=False),
                name="order_till_with_channel",
            ),
            models.CheckConstraint(
                condition=Q(lifecycle="confirmed", version__gte=1) | (~Q(lifecycle="confirmed") & Q(number="")),
                name="order_number_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(paid_total__gte=Least(0, F("gross"))) & Q(paid_total__lte=Greatest(0, F("gross"))),
                name="order_paid_within_total",
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="order_net_plus_vat"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100, discount_amount__gte=0)
                & (Q(discount_percent=0) | Q(discount_amount=0)),
                name="order_discount_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(converted_to__isnull=True) | Q(quotation=True), name="order_converted_quotation"
            ),
            models.UniqueConstraint(
                fields=["amends"], condition=Q(lifecycle="draft", amends__isnull=False), name="order_one_amendment"
            ),
        ]
        indexes = [
            # the list Verkooporders, newest first: keyset over (order_date, id)
            models.Index(fields=["-order_date", "-id"], condition=LISTED, name="order_list"),
            # the same within one branch
            models.Index(fields=["branch", "-order_date", "-id"], condition=LISTED, name="order_list_branch"),
            # the same with a filter on status, and the worklists
            models.Index(fields=["status", "-order_date", "-id"], condition=LISTED, name="order_list_status"),
            # the same with a filter on payment state
            models.Index(fields=["payment_state", "-order_date", "-id"], condition=LISTED, name="order_list_payment"),
            # the list sorted by Nummer, Debiteur, Verwachte leverdatum, Totaal
            models.Index(fields=["number", "id"], condition=LISTED, name="order_by_number"),
            models.Index(fields=["customer_sort", "id"], condition=LISTED, name="order_by_customer"),
            models.Index(fields=["due_sort", "id"], condition=LISTED, name="order_by_due"),
            models.Index(fields=["gross", "id"], condition=LISTED, name="order_by_gross"),
            # the worklists (sales.worklists) and the picking list (sales.documents.picklist): what is left to deliver,
            # by date, of one branch or of all
            models.Index(
                fields=["expected_delivery_date", "branch"],
                condition=Q(listed=True, status__in=["open", "part_delivered", "part_cancelled"]),
                name="order_to_deliver",
            ),
            # the queue of a till and its count (pos.selectors.WAITING): the longest waiting first
            models.Index(
                fields=["branch", "confirmed_at", "id"],
                condition=Q(
                    listed=True,
                    lifecycle="confirmed",
                    status__in=["open", "part_delivered", "part_cancelled", "delivered"],
                ),
                name="order_queue",
            ),
            # what is paid on orders that still leave: candidates of the overview Openstaande aanbetalingen (payments)
            models.Index(
                fields=["id"],
                condition=Q(listed=True, status__in=["open", "part_delivered", "part_cancelled"]) & ~Q(paid_total=0),
                name="order_paid_ahead",
            ),
            # the parked baskets of a branch and their number on each screen of a till (pos.selectors.PARKED)
            models.Index(
                fields=["branch", "changed_at"],
                condition=Q(channel="till", lifecycle="draft") & ~Q(parked_name=""),
                name="order_parked",
            ),
            # orders of one customer
            models.Index(fields=["customer", "-order_date", "-id"], name="order_of_customer"),
            # search in the list and the search everywhere
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="order_search"),
        ]

    # what a service or a view hangs on an order on its way to the screen; none of it is stored
    all_lines: list["OrderLine"]
    totals: "Totals"
    found_at: Any  # when it was changed before the service that has it
    touched: set[int | None]
    deleted: list[dict]
    late: bool
    short: list[str]
    new_version: Any
    left_out: list[str]
    amended_by: "SalesOrder | None"

    def __str__(self):
        return self.number or str(_("Concept"))

    @property
    def status_mark(self) -> str:
        """How full the ball before the status is: draft, open, part, full or void."""
        return {
            "draft": "draft",
            "cancelled": "void",
            "settled": "full",
            "delivered": "full",
            "part_delivered": "part",
        }.get(self.status, "open")

    @property
    def second_mark(self) -> str:
        """The axis that the status does not tell: a part was cancelled as well (docs/decisions.md, 3)."""
        told = (self.Status.PART_CANCELLED, self.Status.CANCELLED)
        some = self.cancel_state == self.Extent.PART and self.status not in told
        return str(self.Status.PART_CANCELLED.label) if some else ""

    @property
    def owes(self) -> bool:
        """Whether payment says something about it: not for a draft, an offerte or what was cancelled as a whole."""
        return not self.quotation and self.status not in (self.Status.DRAFT, self.Status.CANCELLED)

    @property
    def open_amount(self):
        """What is left to pay (Nog te betalen), EUR including VAT."""
        return self.gross - self.paid_so_far

    @property
    def paid_so_far(self):
        """What is paid, EUR; of an amendment what is paid on its order."""
        return self.amends.paid_total if self.amends_id else self.paid_total


class OrderLine(models.Model):
    """One line: a variant, or a text alone. What was agreed is copied here and never re-read.

    Every column stands in exactly one of GROUPS; each list of columns elsewhere is made of these groups.
    """

    PLACE = ("position", "key")
    # what it is: copied from the article when it is added
    GOODS = (
        "variant", "article_number", "description", "brand", "colour_label", "colour_hex", "size_label", "fractions",
        "matrix",
    )  # fmt: skip
    # copied as well; a return that goes to no stock, and a new VAT rate, change it later
    OFFERED = ("stocked", "list_price")
    # what is typed, and goes from an amendment to its order
    AGREED = (
        "text", "quantity", "entered_price", "entered_mode", "discount_percent", "discount_amount", "discount_mode",
        "override_by", "override_reason", "vat_code", "vat_percent",
    )  # fmt: skip
    # up to how many pieces, and how many percent below the list price, it may be (sales.services.ceilings)
    ALLOWED = ("allowed_quantity", "allowed_off")
    # of a line that comes back on its receipt: what goes back, below zero. Its VAT code and percentage, the mode of its
    # price and these were settled by the sale, and stay whoever is chosen since
    RETURN = ("returns", "return_net", "return_vat")
    # worked out of the others (sales.totals)
    DERIVED = ("unit_price", "line_total")
    HAPPENED = ("delivered_quantity", "cancelled_quantity", "returned_quantity")
    # of the row itself
    ROW = ("id", "order", "revision", "changed_at", "changed_by", "currency")
    GROUPS = (PLACE, GOODS, OFFERED, AGREED, ALLOWED, RETURN, DERIVED, HAPPENED, ROW)

    order = models.ForeignKey(SalesOrder, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    key = models.UUIDField(default=uuid.uuid4)
    revision = models.PositiveIntegerField(default=1)
    variant = models.ForeignKey(Variant, models.PROTECT, null=True, blank=True, related_name="+")
    article_number = models.CharField(max_length=40, blank=True, default="")
    description = models.CharField(max_length=240, blank=True, default="")
    brand = models.CharField(max_length=80, blank=True, default="", db_default="")
    colour_label = models.CharField(max_length=40, blank=True, default="")
    colour_hex = models.CharField(max_length=7, blank=True, default="")
    size_label = models.CharField(max_length=20, blank=True, default="")
    text = models.CharField(_("Tekst"), max_length=500, blank=True, default="")
    stocked = models.BooleanField(default=False)
    fractions = models.BooleanField(default=False)
    matrix = models.BooleanField(default=False)

    quantity = models.DecimalField(_("Aantal"), max_digits=9, decimal_places=3)
    entered_price = amount_field(decimal_places=4, default=0)
    entered_mode = models.CharField(max_length=14, choices=VatMode.choices, default=VatMode.INCLUSIVE)
    unit_price = amount_field(decimal_places=4, default=0)
    list_price = amount_field(default=0)
    discount_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    discount_amount = amount_field(default=0)
    discount_mode = models.CharField(max_length=14, choices=VatMode.choices, default=VatMode.INCLUSIVE)
    override_by = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="+")
    override_reason = models.CharField(max_length=120, blank=True, default="")
    allowed_quantity = models.DecimalField(max_digits=9, decimal_places=3, default=0, db_default=0)
    allowed_off = models.DecimalField(max_digits=7, decimal_places=4, default=0, db_default=0)
    vat_code = models.CharField(max_length=10, blank=True, default="")
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    line_total = amount_field(default=0)
    delivered_quantity = models.DecimalField(max_digits=9, decimal_places=3, default=0)
    cancelled_quantity = models.DecimalField(max_digits=9, decimal_places=3, default=0)
    returns = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="return_lines")
    returned_quantity = models.DecimalField(max_digits=9, decimal_places=3, default=0)
    return_net = amount_field(null=True, blank=True)
    return_vat = amount_field(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="line_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["order", "key"], name="line_key_once"),
            models.CheckConstraint(condition=~Q(quantity=0), name="line_quantity_not_zero"),
            models.CheckConstraint(condition=Q(variant__isnull=False) | ~Q(text=""), name="line_variant_or_text"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100, discount_amount__gte=0)
                & (Q(discount_percent=0) | Q(discount_amount=0)),
                name="line_discount_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    delivered_quantity__gte=0,
                    cancelled_quantity__gte=0,
                    quantity__gte=F("delivered_quantity") + F("cancelled_quantity"),
                )
                | Q(
                    quantity__lt=0,
                    delivered_quantity__lte=0,
                    cancelled_quantity__lte=0,
                    quantity__lte=F("delivered_quantity") + F("cancelled_quantity"),
                ),
                name="line_delivered_within_ordered",
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity=0)
                | Q(returned_quantity__gt=0, returned_quantity__lte=F("delivered_quantity")),
                name="line_returned_within_delivered",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, entered_price__gte=0), name="line_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(returns__isnull=True, return_net__isnull=True, return_vat__isnull=True)
                | Q(
                    returns__isnull=False,
                    quantity__lt=0,
                    return_net__isnull=False,
                    return_net__lte=0,
                    return_vat__isnull=False,
                    return_vat__lte=0,
                ),
                name="line_return_as_sold",
            ),
            models.CheckConstraint(
                condition=Q(allowed_quantity__gte=0, allowed_off__gte=0, allowed_off__lte=100),
                name="line_allowed_in_range",
            ),
        ]

    # what a service or a view hangs on a line on its way to the screen; none of it is stored
    dirty: bool
    number: int
    take: str
    box: dict
    rated: bool
    cells: list
    request_key: str
    url: str
    new: bool

    @classmethod
    def columns(cls, *groups: tuple[str, ...]) -> tuple[str, ...]:
        """The attributes that hold the columns of these groups: "variant_id" for variant."""
        return tuple(cls._meta.get_field(name).attname for group in groups for name in group)

    @property
    def title(self) -> str:
        """In words: description, colour and size, or its text."""
        return " ".join(p for p in (self.description, self.colour_label, self.size_label) if p) or self.text

    @property
    def open_quantity(self):
        """What is still to be delivered, in pieces (signed as quantity)."""
        return self.quantity - self.cancelled_quantity - self.delivered_quantity


class OrderVat(models.Model):
    """VAT of an order per VAT code and percentage, after the order discount."""

    order = models.ForeignKey(SalesOrder, models.CASCADE, related_name="vat_rows")
    # of the article; "reverse" (btw verlegd) or "none" where the sale carries no VAT
    code = models.CharField(max_length=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    net = amount_field(default=0)
    vat = amount_field(default=0)
    gross = amount_field(default=0)

    class Meta:
        ordering = ["-percent", "code"]
        constraints = [
            models.UniqueConstraint(fields=["order", "code", "percent"], name="order_vat_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="order_vat_net_plus_vat"),
        ]
