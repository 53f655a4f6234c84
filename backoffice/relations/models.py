"""Who takes part: branches and their tills, employees (the users), customers and their addresses."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backoffice.core.sorting import SortKey, key_of_name, person_key, sort_key


class Address(models.Model):
    """The parts of a postal address, shared by branches and customers."""

    street = models.CharField(_("Straat"), max_length=120, blank=True, default="")
    house_number = models.CharField(_("Huisnummer"), max_length=10, blank=True, default="")
    addition = models.CharField(_("Toevoeging"), max_length=20, blank=True, default="")
    postcode = models.CharField(_("Postcode"), max_length=12, blank=True, default="")
    city = models.CharField(_("Plaats"), max_length=80, blank=True, default="")
    country = models.CharField(_("Land"), max_length=2, default="NL")

    class Meta:
        abstract = True

    @property
    def street_line(self) -> str:
        return " ".join(p for p in (self.street, self.house_number, self.addition) if p)

    @property
    def city_line(self) -> str:
        return " ".join(p for p in (self.postcode, self.city) if p)


class Branch(Address):
    """A shop (filiaal): where turnover and stock belong."""

    class BelowStock(models.TextChoices):
        ALLOW = "allow", _("toestaan als nalevering")
        WARN = "warn", _("waarschuwen")
        BLOCK = "block", _("blokkeren")

    code = models.CharField(_("Code"), max_length=6, unique=True)
    name = models.CharField(_("Naam"), max_length=80)
    company = models.CharField(_("Bedrijfsnaam"), max_length=120, blank=True, default="")
    phone = models.CharField(_("Telefoon"), max_length=30, blank=True, default="")
    email = models.EmailField(_("E-mail"), blank=True, default="")
    kvk = models.CharField(_("KVK-nummer"), max_length=8, blank=True, default="")
    vat_id = models.CharField(_("BTW-id"), max_length=20, blank=True, default="")
    iban = models.CharField(_("IBAN"), max_length=34, blank=True, default="")
    logo = models.ImageField(_("Logo"), upload_to="logos/", blank=True)
    below_stock = models.CharField(
        _("Verkopen onder voorraad"), max_length=5, choices=BelowStock.choices, default=BelowStock.ALLOW
    )
    cash_rounding = models.BooleanField(_("Contant afronden op 5 cent"), default=True)
    active = models.BooleanField(_("Actief"), default=True)
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("filiaal"), _("filialen")

    def __str__(self):
        return self.name


# keys that a scanner may send before each code: those that type nothing and that a browser can do without
SCAN_PREFIXES = ("F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10", "Pause", "ScrollLock")


PAPER_COLUMNS = (32, 42, 48)


class Till(models.Model):
    """A till (kassa) of a branch; the browser on it is known by the hash of its device token."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="tills", verbose_name=_("Filiaal"))
    number = models.PositiveSmallIntegerField(_("Nummer"))
    name = models.CharField(_("Naam"), max_length=40)
    printer_host = models.CharField(_("Printeradres"), max_length=120, blank=True, default="")
    printer_port = models.PositiveIntegerField(_("Printerpoort"), default=9100)
    # characters in a row of the printer's common letter: 32 on paper of 58 mm, 42 or 48 on 80 mm
    paper_columns = models.PositiveSmallIntegerField(
        _("Tekens per regel"),
        choices=[(columns, str(columns)) for columns in PAPER_COLUMNS],
        default=42,
        db_default=42,
        help_text=_("Hoeveel tekens er op een regel van de bon passen: 32 op papier van 58 mm, 42 of 48 op 80 mm."),
    )
    scan_prefix = models.CharField(
        _("Voorlooptoets scanner"),
        max_length=10,
        choices=[(key, key) for key in SCAN_PREFIXES],
        blank=True,
        default="",
        db_default="",
        help_text=_("De toets die de scanner vóór elke code stuurt. Leeg: geen."),
    )
    device_token_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    # the newest token of this registration that came back, those of before that still hold, each until when (seconds
    # since 1970), and when a copy was journalled last (services.devices)
    device_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    device_formers = models.JSONField(default=dict, db_default={}, editable=False)
    device_copied_at = models.DateTimeField(null=True, editable=False)
    active = models.BooleanField(_("Actief"), default=True)
    # who unlocked it, hung on by whoever reads it for a request; not stored
    cashier: "Employee | None"

    class Meta:
        ordering = ["branch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "number"], name="till_number_in_branch"),
            models.CheckConstraint(condition=Q(paper_columns__in=PAPER_COLUMNS), name="till_paper_columns"),
        ]
        verbose_name, verbose_name_plural = _("kassa"), _("kassa's")

    def __str__(self):
        return f"{self.branch} {self.name}"


class EmployeeManager(BaseUserManager["Employee"]):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    @transaction.atomic
    def create_superuser(self, email, password=None, **fields):
        """For `manage.py createsuperuser`: the first beheerder of a new shop, at every branch.

        Raises ValidationError for a password that no screen would take, also with --noinput.
        """
        person = self.model(email=self.normalize_email(email), **fields)
        if password is not None:  # without one nobody can log in yet
            validate_password(password, person)
        person.set_password(password)
        person.save()
        person.roles.create(role=EmployeeRole.Role.ADMIN)
        return person


class Employee(AbstractBaseUser):
    """An employee (medewerker) and user: password for the desk, PIN code for the till."""

    number = models.CharField(_("Nummer"), max_length=10, unique=True)
    name = models.CharField(_("Naam"), max_length=80)
    email = models.EmailField(_("E-mailadres"), unique=True)
    pin_hash = models.CharField(max_length=128, blank=True, default="", editable=False)
    active = models.BooleanField(_("Actief"), default=True)
    home_branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Eigen filiaal")
    )
    preferences = models.JSONField(default=dict, blank=True, editable=False)
    sort_key = SortKey(of=key_of_name)

    _access: Any  # read once per instance by rights.access_of
    objects = EmployeeManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["number", "name"]

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("medewerker"), _("medewerkers")

    def __str__(self):
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.active

    # the admin (set-up tables only) asks these three
    @property
    def is_staff(self) -> bool:
        return self.roles.filter(role=EmployeeRole.Role.ADMIN).exists()

    def has_perm(self, perm, obj=None) -> bool:
        return self.active and self.is_staff

    def has_module_perms(self, label) -> bool:
        return self.has_perm(label)


class EmployeeRole(models.Model):
    """A role held at one branch, or at all of them when branch is empty (docs/rules.md, Rights)."""

    class Role(models.TextChoices):
        SELLER = "seller", _("Verkoper")
        MANAGER = "manager", _("Filiaalmanager")
        OFFICE = "office", _("Backoffice")
        ADMIN = "admin", _("Beheerder")

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="roles")
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Filiaal")
    )
    role = models.CharField(_("Rol"), max_length=8, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "branch", "role"], name="employee_role_once", nulls_distinct=False
            )
        ]


class SecondFactor(models.Model):
    """The second step of a log-in: a code of an app (TOTP, RFC 6238). In force once confirmed_at is set.

    seed: what the secret is derived from together with SECRET_KEY, so that the database alone gives no codes.
    """

    employee = models.OneToOneField(Employee, models.CASCADE, primary_key=True, related_name="second_factor")
    seed = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # of the last code that was used; none of before is taken again
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("tweede stap"), _("tweede stappen")


class RecoveryCode(models.Model):
    """A code for when the app is lost: its hash, gone once it is used."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "hash"], name="recovery_code_once")]


class VatMode(models.TextChoices):
    """The four VAT modes of a document (docs/decisions.md, 5)."""

    INCLUSIVE = "inclusive", _("Inclusief BTW")
    EXCLUSIVE = "exclusive", _("Exclusief BTW")
    REVERSE_CHARGE = "reverse_charge", _("BTW verlegd")
    NONE = "none", _("Geen BTW")


def customer_key(customer) -> str:
    """The sort key of a customer: a company as it is written, a person by last name."""
    if customer.company or not customer.last_name:
        return sort_key(customer.company or customer.name)
    return person_key(customer.last_name, customer.infix, customer.first_name)


class Customer(models.Model):
    """A customer (debiteur), private or business."""

    class Kind(models.TextChoices):
        PRIVATE = "private", _("Particulier")
        BUSINESS = "business", _("Zakelijk")

    number = models.PositiveIntegerField(_("Debiteurnummer"), unique=True)
    kind = models.CharField(_("Soort"), max_length=8, choices=Kind.choices, default=Kind.PRIVATE)
    company = models.CharField(_("Bedrijfsnaam"), max_length=120, blank=True, default="")
    first_name = models.CharField(_("Voornaam"), max_length=60, blank=True, default="")
    infix = models.CharField(_("Tussenvoegsel"), max_length=20, blank=True, default="")
    last_name = models.CharField(_("Achternaam"), max_length=80, blank=True, default="")
    email = models.EmailField(_("E-mail"), blank=True, default="")
    phone = models.CharField(_("Telefoon"), max_length=20, blank=True, default="")
    kvk = models.CharField(
        _("KVK-nummer"), max_length=8, blank=True, default="", validators=[RegexValidator(r"^[0-9]{8}$")]
    )
    vat_id = models.CharField(_("BTW-id"), max_length=20, blank=True, default="")
    vat_mode = models.CharField(
        _("Standaard BTW"),
        max_length=14,
        choices=VatMode.choices,
        blank=True,
        default="",
        help_text=_("Leeg: volgens de Soort van de order."),
    )
    note = models.TextField(_("Notitie"), blank=True, default="")
    blocked = models.BooleanField(_("Geblokkeerd"), default=False)
    anonymised_at = models.DateTimeField(null=True, editable=False)
    name = models.CharField(max_length=200, editable=False)
    search_text = models.TextField(editable=False)
    sort_key = SortKey(of=customer_key)
    created_at = models.DateTimeField(auto_now_add=True)
    # who wrote the revision that a stale form is told of
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(Employee, models.PROTECT, null=True, editable=False, related_name="+")
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("debiteur"), _("debiteuren")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="customer_has_a_name", violation_error_message=_("Vul een naam in.")
            )
        ]
        indexes = [
            # search as you type, forgiving typing errors
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="customer_search"),
            # the list, by name
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            # likely duplicates, and whose row of an import it is
            models.Index(Lower("email"), condition=~Q(email=""), name="customer_by_email"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="customer_by_phone"),
        ]

    def __str__(self):
        return f"{self.number} · {self.name}"

    all_addresses: list["CustomerAddress"]  # by selectors.with_city

    @property
    def person(self) -> str:
        return " ".join(p for p in (self.first_name, self.infix, self.last_name) if p)


class CustomerAddress(Address):
    """An invoice or delivery address of a customer; one invoice address, any number of delivery addresses."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Factuuradres")
        DELIVERY = "delivery", _("Bezorgadres")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    kind = models.CharField(_("Soort adres"), max_length=8, choices=Kind.choices)
    attention = models.CharField(_("Ter attentie van"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(kind="invoice"), name="customer_one_invoice_address"
            )
        ]
        indexes = [models.Index(fields=["postcode"], name="customer_address_postcode")]
