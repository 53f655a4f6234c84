"""Money: how it may be paid, the ledger that only grows, till sessions, store credit and terminals.

Amounts are EUR including VAT. A ledger entry has postings that add up to zero (double entry): money moves, it is never
made. Accounts are named in Posting.Account; a positive posting is a debit.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.models import AppendOnly
from backoffice.core.money import amount_field
from backoffice.core.sorting import SortKey, key_of_name
from backoffice.relations.models import Branch, Customer, Employee, Till
from sales.models import SalesOrder


class PaymentMethod(models.Model):
    """Betaalwijze: its kind says what it may do, the shop says where it is offered."""

    class Kind(models.TextChoices):
        CASH = "cash", _("Contant")
        TERMINAL = "terminal", _("Pin")
        BANK = "bank", _("Bank")
        ONLINE = "online", _("Online")
        CREDIT = "credit", _("Tegoed")

    name = models.CharField(_("Naam"), max_length=40, unique=True)
    kind = models.CharField(_("Wijze"), max_length=8, choices=Kind.choices)
    at_desk = models.BooleanField(_("In de backoffice"), default=False)
    at_till = models.BooleanField(_("Aan de kassa"), default=True)
    # no branch: offered at every branch
    branches = models.ManyToManyField(Branch, blank=True, related_name="+", verbose_name=_("Filialen"))
    position = models.PositiveSmallIntegerField(_("Volgorde"), default=0)
    active = models.BooleanField(_("Actief"), default=True)
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["position", "sort_key", "id"]
        verbose_name, verbose_name_plural = _("betaalwijze"), _("betaalwijzen")
        constraints = [
            # the manual: "de pin kan niet aan de backoffice worden gekoppeld"
            models.CheckConstraint(
                condition=~Q(kind="terminal", at_desk=True),
                name="method_terminal_never_at_desk",
                violation_error_message=_("Pin kan alleen via de kassa."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def cash(self) -> bool:
        return self.kind == self.Kind.CASH

    @property
    def needs_session(self) -> bool:
        return self.kind in (self.Kind.CASH, self.Kind.TERMINAL)


class TillSession(models.Model):
    """A till from opening to day close (Z): its drawer, its takings. Closed, it never changes again (trigger)."""

    till = models.ForeignKey(Till, models.PROTECT, related_name="sessions")
    business_date = models.DateField()
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    float_amount = amount_field(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="+")
    # blind count: {"50.00": 3, "0.05": 12}
    denominations = models.JSONField(default=dict, blank=True)
    expected_cash = amount_field(null=True, blank=True)
    counted_cash = amount_field(null=True, blank=True)
    z_number = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["till"], condition=Q(closed_at__isnull=True), name="session_one_open"),
            models.UniqueConstraint(fields=["z_number"], condition=~Q(z_number=""), name="session_z_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, z_number="")
                | (
                    Q(
                        closed_at__isnull=False,
                        closed_by__isnull=False,
                        counted_cash__isnull=False,
                        expected_cash__isnull=False,
                    )
                    & ~Q(z_number="")
                ),
                name="session_closed_whole",
            ),
        ]
        # Z reports of a till, newest first
        indexes = [models.Index(fields=["till", "-id"], name="session_of_till")]

    @property
    def open(self) -> bool:
        return self.closed_at is None


class LedgerEntry(AppendOnly):
    """One movement of money. amount: EUR, positive when it comes in, negative when it goes out."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("Aanbetaling")
        SETTLEMENT = "settlement", _("Betaling")
        REFUND = "refund", _("Terugbetaling")
        CHANGE = "change", _("Wisselgeld")
        ROUNDING = "rounding", _("Afronding")
        CREDIT = "credit", _("Tegoed")
        SUSPENSE = "suspense", _("Tussenrekening")
        INTER_BRANCH = "inter_branch", _("Tussen filialen")
        RE_SPLIT = "re_split", _("Herverdeling BTW")
        DIFFERENCE = "difference", _("Kasverschil")
        FLOAT = "float", _("Wisselgeld in lade")
        DROP = "drop", _("Afstorting")
        REVERSAL = "reversal", _("Storno")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    order = models.ForeignKey(SalesOrder, models.PROTECT, null=True, blank=True, related_name="entries")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    method = models.ForeignKey(PaymentMethod, models.PROTECT, null=True, blank=True, related_name="+")
    # copied from the method, so that one table can hold the rule below
    method_kind = models.CharField(max_length=8, choices=PaymentMethod.Kind.choices, blank=True, default="")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    session = models.ForeignKey(TillSession, models.PROTECT, null=True, blank=True, related_name="entries")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="+")
    business_date = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    amount = amount_field()
    # one group of entries made by one request (a mixed payment, its change and rounding)
    group = models.UUIDField(default=uuid.uuid4)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    # what a refund gives back; together never more than the entry (checked under the order's lock, and by invariant)
    refunds = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="refunded_by")
    reason = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=80, blank=True, default="")
    # on the first entry of what came in on an order: the names on its receipt, as they were (payments.services.ledger)
    paper = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(method_kind__in=["cash", "terminal"]) | Q(session__isnull=False),
                name="entry_cash_has_session",
            ),
            models.CheckConstraint(condition=~Q(kind="re_split") | Q(amount=0), name="entry_re_split_is_zero"),
            models.CheckConstraint(
                condition=Q(kind="re_split") | ~Q(amount=0),
                name="entry_amount_not_zero",
            ),
            models.CheckConstraint(condition=~Q(kind__in=["deposit"]) | Q(amount__gt=0), name="entry_deposit_positive"),
            models.CheckConstraint(
                condition=~Q(kind__in=["reversal", "difference", "drop"]) | ~Q(reason=""), name="entry_reason_given"
            ),
        ]
        indexes = [
            # the money of one order
            models.Index(fields=["order", "id"], name="entry_of_order"),
            # a session's report
            models.Index(fields=["session", "id"], name="entry_of_session"),
            # payments per method and day, VAT per period
            models.Index(fields=["business_date", "branch", "method"], name="entry_by_day"),
            # store credit of a customer
            models.Index(fields=["customer", "id"], condition=Q(customer__isnull=False), name="entry_of_customer"),
        ]


class Posting(AppendOnly):
    """One side of an entry; those of an entry add up to zero (deferred trigger posting_balance)."""

    class Account(models.TextChoices):
        CASH = "cash", _("Kas")
        TERMINAL = "terminal", _("Pin onderweg")
        BANK = "bank", _("Bank")
        ONLINE = "online", _("Online onderweg")
        ORDERS = "orders", _("Vooruitontvangen en omzet van orders")
        CREDIT = "credit", _("Tegoed van klanten")
        ROUNDING = "rounding", _("Afrondingsverschillen")
        DIFFERENCE = "difference", _("Kasverschillen")
        SAFE = "safe", _("Kluis en afstorting")
        SUSPENSE = "suspense", _("Tussenrekening")
        INTER_BRANCH = "inter_branch", _("Tussen filialen")

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="postings")
    account = models.CharField(max_length=12, choices=Account.choices)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    amount = amount_field()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero")]


class EntryVat(AppendOnly):
    """An entry's amount per VAT code and percentage (docs/decisions.md, 6): net + vat = gross."""

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="vat_rows")
    # as on the order (sales.OrderVat.code)
    code = models.CharField(max_length=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    net = amount_field()
    vat = amount_field()
    gross = amount_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "code", "percent"], name="entry_vat_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="entry_vat_net_plus_vat"),
        ]


class CreditAccount(models.Model):
    """Tegoed: what the shop owes a customer. Written by payments.services only; equals its postings (invariant 11)."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="credit")
    balance = amount_field(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="credit_not_negative")]


NOT_BOOKED = Q(state__in=["waiting", "unknown"]) | Q(state="approved", entry__isnull=True)


class TerminalPayment(models.Model):
    """A PIN payment outside the transaction (docs/decisions.md, 7): asked until known, never charged twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("wacht op de klant")
        APPROVED = "approved", _("goedgekeurd")
        DECLINED = "declined", _("geweigerd")
        CANCELLED = "cancelled", _("afgebroken")
        UNKNOWN = "unknown", _("onbekend")

    # as long as it is one of these, nobody knows whether the card was charged
    PENDING = ("waiting", "unknown")
    # until it is known and booked, the order is frozen and the session stays open
    UNBOOKED = NOT_BOOKED

    request_id = models.UUIDField(unique=True, default=uuid.uuid4)
    session = models.ForeignKey(TillSession, models.PROTECT, related_name="terminal_payments")
    order = models.ForeignKey(SalesOrder, models.PROTECT, related_name="terminal_payments")
    method = models.ForeignKey(PaymentMethod, models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    amount = amount_field()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reference = models.CharField(max_length=80, blank=True, default="")
    brand = models.CharField(max_length=30, blank=True, default="")
    last_four = models.CharField(max_length=4, blank=True, default="")
    # written when the approval is booked, once
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="terminal_payment")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="terminal_amount_not_zero"),
            models.CheckConstraint(
                condition=Q(entry__isnull=True) | Q(state="approved"), name="terminal_entry_when_approved"
            ),
        ]
        # what is not known or not booked yet on an order or in a session: it freezes the basket and the day close
        indexes = [
            models.Index(fields=["order"], condition=NOT_BOOKED, name="terminal_pending"),
            models.Index(fields=["session"], condition=NOT_BOOKED, name="terminal_pending_session"),
        ]


class SimulatedPayment(models.Model):
    """The memory of the simulated terminal (payments.terminals.simulator): what it was asked, and what it charged."""

    request_id = models.UUIDField(unique=True)
    amount = amount_field()
    part = models.CharField(max_length=20)
    state = models.CharField(max_length=9, choices=TerminalPayment.State.choices, default="waiting")
    asked = models.PositiveSmallIntegerField(default=0)
    charges = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)
