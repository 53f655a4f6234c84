"""The till: its layout, quick keys and receipts. Baskets are draft orders (sales), money is payments'."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.catalog.models import Article, Variant
from backoffice.core.models import AppendOnly
from backoffice.core.sorting import SortKey, key_of_name
from backoffice.relations.models import Customer, Employee, Till
from payments.models import TillSession
from sales.models import SalesOrder


class TillSeat(models.Model):
    """Who works at a till now, and what lies on its counter; one row per till, locked before any order.

    It is bound to the registered browser: another browser, or none, unseats whoever sat there (docs/decisions.md, 13).
    """

    till = models.OneToOneField(Till, models.PROTECT, primary_key=True, related_name="seat")
    device_hash = models.CharField(max_length=64)
    # nobody: the till is locked
    employee = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    # the basket or the opened order; empty after it was paid, parked or put away
    order = models.OneToOneField(SalesOrder, models.SET_NULL, null=True, blank=True, related_name="seat")
    # of the order, by pos.services.seats
    lifecycle: str | None
    amends: int | None
    # the day of the till's open session, by pos.services.seats; None while it is closed
    day: date | None

    def __str__(self):
        return str(self.till)


class PinFailures(models.Model):
    """Wrong PIN codes of one employee at one till since the last right one there."""

    till = models.ForeignKey(Till, models.CASCADE, related_name="+")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    count = models.PositiveSmallIntegerField(default=0)
    # until then no code of this employee is looked at here, also not the right one
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["till", "employee"], name="pin_failures_once")]


class TillLayout(models.Model):
    """Snelknop-indeling: the pages of quick keys and the buttons that a till shows; shared by any number of tills."""

    name = models.CharField(_("Naam"), max_length=60, unique=True)
    # which buttons of the till show, in order: [{"name": "make_order", "colour": "1"}]
    buttons = models.JSONField(default=list, blank=True)
    tills = models.ManyToManyField(Till, blank=True, related_name="layouts", verbose_name=_("Kassa’s"))
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("snelknop-indeling"), _("snelknop-indelingen")

    def __str__(self):
        return self.name


class QuickKeyPage(models.Model):
    """A tab of quick keys, five columns by four rows."""

    layout = models.ForeignKey(TillLayout, models.CASCADE, related_name="pages")
    name = models.CharField(_("Naam"), max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    # the 20 keys as they are drawn, by pos.selectors
    places: list

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.name


class QuickKey(models.Model):
    """Snelknop: one fixed place on a page; an article (the size is asked), or one variant."""

    page = models.ForeignKey(QuickKeyPage, models.CASCADE, related_name="keys")
    row = models.PositiveSmallIntegerField()
    column = models.PositiveSmallIntegerField()
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="+")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="+")
    label = models.CharField(_("Tekst"), max_length=40, blank=True, default="")
    tint = models.PositiveSmallIntegerField(_("Kleur"), default=1)

    class Meta:
        ordering = ["row", "column"]
        constraints = [
            models.UniqueConstraint(fields=["page", "row", "column"], name="quick_key_place_once"),
            models.CheckConstraint(condition=Q(row__lt=4, column__lt=5), name="quick_key_on_page"),
            models.CheckConstraint(condition=Q(tint__gte=1, tint__lte=6), name="quick_key_tint"),
            models.CheckConstraint(
                condition=Q(article__isnull=False, variant__isnull=True)
                | Q(article__isnull=True, variant__isnull=False),
                name="quick_key_of_exactly_one",
            ),
        ]

    # what stands on the key
    own_price: Any  # of the one variant that it sells, where that has one of its own, by pos.selectors
    here: Any  # pieces free at the branch, by pos.selectors

    @property
    def shown(self) -> str:
        return self.label or self.title

    @property
    def title(self) -> str:
        """What it sells, in words."""
        if self.article is not None:
            return self.article.name
        variant = self.variant
        assert variant is not None  # noqa: S101
        labels = (variant.article.name, variant.colour and variant.colour.label, variant.size and variant.size.label)
        return " ".join(str(label) for label in labels if label)

    @property
    def price(self):
        """EUR including VAT."""
        if self.article is None:
            return self.variant.price
        own = getattr(self, "own_price", None)
        return self.article.sales_price if own is None else own


class Receipt(models.Model):
    """Kassabon: the number of what a till sold, took or gave back (UT1-2026-018442); gapless per till and year."""

    class Kind(models.TextChoices):
        SALE = "sale", _("Kassabon")
        ORDER = "order", _("Orderbon")
        PAYMENT = "payment", _("Betaalbon")

    class Print(models.TextChoices):
        NONE = "none", _("niet gevraagd")
        WAITING = "waiting", _("wordt afgedrukt")
        PRINTED = "printed", _("afgedrukt")
        FAILED = "failed", _("niet afgedrukt")

    number = models.CharField(_("Nummer"), max_length=30, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SALE)
    till = models.ForeignKey(Till, models.PROTECT, related_name="receipts")
    # none where an order was placed before the till was opened
    session = models.ForeignKey(TillSession, models.PROTECT, null=True, blank=True, related_name="receipts")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    order = models.ForeignKey(SalesOrder, models.PROTECT, related_name="receipts")
    # whose it was, so that anonymising finds it
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="receipts", db_index=False
    )
    # the entries that it shows (LedgerEntry.group); none when nothing was paid
    entry_group = models.UUIDField(null=True, blank=True)
    print_state = models.CharField(max_length=8, choices=Print.choices, default=Print.NONE)
    print_error = models.CharField(max_length=200, blank=True, default="")
    copies = models.PositiveSmallIntegerField(default=0)
    # all that stands on it, written once with it (pos.slip.facts): a copy draws this, and never the order of now
    paper = models.JSONField(default=dict, db_default={})
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # receipts of an order, the latest of a till, and those of a customer
        indexes = [
            models.Index(fields=["order", "id"], name="receipt_of_order"),
            models.Index(fields=["till", "-id"], name="receipt_of_till"),
            models.Index(fields=["customer"], condition=Q(customer__isnull=False), name="receipt_of_customer"),
        ]

    def __str__(self):
        return self.number


class DayReport(AppendOnly):
    """All that stands on the Z report of a closed session, written once with its close (pos.day_report.facts)."""

    session = models.OneToOneField(TillSession, models.PROTECT, primary_key=True, related_name="report")
    paper = models.JSONField()
