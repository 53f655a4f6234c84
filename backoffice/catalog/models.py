"""What is sold: articles with colours and sizes, their variants, barcodes, VAT rates, prices and stock."""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import LPad
from django.utils.translation import gettext_lazy as _

from backoffice.core import gtin
from backoffice.core.models import AppendOnly
from backoffice.core.money import amount_field
from backoffice.core.sorting import SortKey, key_of_name, path_key
from backoffice.relations.models import Branch, Employee


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class VatRate(models.Model):
    """A VAT percentage with its dates of validity; the code ("high") stays when the percentage changes.

    undelivered: what a change to this percentage does to lines of earlier orders of which nothing is delivered yet
    (sales.services.rating); of the first percentage of a code it says nothing.
    """

    class Undelivered(models.TextChoices):
        FOLLOW = "follow", _("nemen dit tarief bij hun levering")
        KEEP = "keep", _("houden het tarief van hun order")

    code = models.CharField(_("Code"), max_length=10)
    name = models.CharField(_("Naam"), max_length=40)
    percent = models.DecimalField(_("Percentage"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("Geldig vanaf"))
    valid_to = models.DateField(_("Geldig tot en met"), null=True, blank=True)
    undelivered = models.CharField(
        _("Regels van eerdere orders die nog niet geleverd zijn"),
        max_length=6,
        choices=Undelivered.choices,
        default=Undelivered.FOLLOW,
        db_default=Undelivered.FOLLOW,
        help_text=_("Geldt als deze code al een tarief had. Bij de levering wordt gevraagd welke prijs blijft."),
    )

    class Meta:
        ordering = ["-percent", "valid_from"]
        verbose_name, verbose_name_plural = _("btw-tarief"), _("btw-tarieven")
        constraints = [
            ExclusionConstraint(
                name="vat_rate_no_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("De geldigheid overlapt die van een ander tarief met deze code."),
            ),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="vat_rate_percent"),
            models.CheckConstraint(
                # what is sold under "btw verlegd" and "geen btw" has these (sales.pricing.UNTAXED_CODES)
                condition=~Q(code__in=["reverse", "none"]),
                name="vat_rate_code_free",
                violation_error_message=_("Deze code is van verkopen zonder BTW. Kies een andere."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Raises ValidationError for an end before the beginning, of which PostgreSQL can make no range."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("Deze datum ligt vóór de eerste dag. Kies een latere datum.")})


class ArticleGroup(models.Model):
    """A node of the article-group tree; path is the names joined by "/" ("Dames/Broeken")."""

    path = models.CharField(_("Pad"), max_length=300, unique=True)
    sort_key = SortKey(of=lambda row: path_key(row.path))

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("artikelgroep"), _("artikelgroepen")

    def __str__(self):
        return self.path


class Brand(models.Model):
    name = models.CharField(_("Naam"), max_length=80, unique=True)
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("merk"), _("merken")

    def __str__(self):
        return self.name


class Colour(models.Model):
    """A colour with its own place in every matrix; hex feeds the swatch."""

    label = models.CharField(_("Kleur"), max_length=40, unique=True)
    position = models.PositiveIntegerField(_("Volgorde"), default=0)
    hex = models.CharField(_("Kleurcode"), max_length=7, blank=True, default="")

    class Meta:
        ordering = ["position", "label"]
        verbose_name, verbose_name_plural = _("kleur"), _("kleuren")

    def __str__(self):
        return self.label


class SizeRange(models.Model):
    """A reusable, ordered set of sizes (maatbalk)."""

    name = models.CharField(_("Maatbalk"), max_length=60, unique=True)
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("maatbalk"), _("maatbalken")

    def __str__(self):
        return self.name


class Size(models.Model):
    size_range = models.ForeignKey(SizeRange, models.CASCADE, related_name="sizes")
    label = models.CharField(_("Maat"), max_length=20)
    position = models.PositiveIntegerField(_("Volgorde"), default=0)

    class Meta:
        ordering = ["size_range", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["size_range", "label"], name="size_once_in_range")]

    def __str__(self):
        return self.label


class Article(models.Model):
    """What a customer asks for. Without colours and sizes it has exactly one variant."""

    number = models.CharField(_("Artikelnummer"), max_length=40, unique=True)
    name = models.CharField(_("Omschrijving"), max_length=160)
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("Merk")
    )
    group = models.ForeignKey(
        ArticleGroup, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("Artikelgroep")
    )
    vat_code = models.CharField(_("BTW-tarief"), max_length=10, default="high")
    size_range = models.ForeignKey(
        SizeRange, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("Maatbalk")
    )
    sales_price = amount_field(verbose_name=_("Verkoopprijs (incl. BTW)"))
    fractions = models.BooleanField(_("Gebroken aantallen"), default=False)
    stocked = models.BooleanField(_("Voorraad bijhouden"), default=True)
    matrix = models.BooleanField(_("Kleur-/maatartikel"), default=False, editable=False)
    active = models.BooleanField(_("Actief"), default=True)
    image = models.ImageField(_("Afbeelding"), upload_to="articles/", blank=True)
    search_text = models.TextField(editable=False)
    sort_key = SortKey(of=key_of_name)
    # who wrote the revision that a stale form is told of
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(Employee, models.PROTECT, null=True, editable=False, related_name="+")
    revision = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name, verbose_name_plural = _("artikel"), _("artikelen")
        constraints = [models.CheckConstraint(condition=Q(sales_price__gte=0), name="article_price_not_negative")]
        indexes = [
            # search as you type: article field, picker, list
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="article_search"),
            # the list, by description
            models.Index(fields=["sort_key", "id"], name="article_by_name"),
        ]

    # what a list hangs on an article: variants that are sold, and pieces; none of it is stored
    variant_count: int
    on_hand: Decimal | None
    reserved: Decimal
    free: Decimal

    def __str__(self):
        return f"{self.number} · {self.name}"


class Variant(models.Model):
    """One colour and size of an article: what has stock, a barcode and perhaps a price of its own."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="variants")
    colour = models.ForeignKey(Colour, models.PROTECT, null=True, blank=True, related_name="+")
    size = models.ForeignKey(Size, models.PROTECT, null=True, blank=True, related_name="+")
    own_price = amount_field(null=True, blank=True, verbose_name=_("Eigen verkoopprijs (incl. BTW)"))
    active = models.BooleanField(_("Actief"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "colour", "size"], name="variant_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(own_price__isnull=True) | Q(own_price__gte=0), name="variant_price_not_negative"
            ),
        ]

    @property
    def price(self):
        """EUR including VAT: the own one, which may be 0, else the article's."""
        return self.article.sales_price if self.own_price is None else self.own_price


FIGURES = "^([0-9]{8}|[0-9]{12,14})$"  # what a GTIN looks like; its check digit is core.gtin's affair


class GtinField(models.CharField):
    """The GTIN of the row's code in 14 figures, made when the row is new; NULL where the code is none."""

    def __init__(self, **options):
        super().__init__(**{"max_length": gtin.STORED, "null": True, "editable": False} | options)

    def deconstruct(self):
        """Migrations know it as the text field that it is."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance, add):
        if add:
            setattr(model_instance, self.attname, gtin.gtin(model_instance.code))
        return super().pre_save(model_instance, add)


class Barcode(models.Model):
    """A code that a scanner reads: of a variant, or of an article (then the size is asked).

    The code is kept as it was written; looked up it is by catalog.codes, for which 12 figures and the same 13 with a
    zero in front are one. gtin is NULL for a code that is no GTIN, and for one that another row holds: from before
    there were GTINs, two articles may have one (selectors.doubled_articles lists them).
    """

    code = models.CharField(_("Barcode"), max_length=64, unique=True)
    gtin = GtinField()
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="barcodes")
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="barcodes")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(variant__isnull=False, article__isnull=True)
                | Q(variant__isnull=True, article__isnull=False),
                name="barcode_of_exactly_one",
            ),
            # also what a scan is looked up by
            models.UniqueConstraint(fields=["gtin"], name="barcode_one_gtin"),
            models.CheckConstraint(
                condition=Q(gtin__isnull=True) | Q(code__regex=FIGURES, gtin=LPad("code", gtin.STORED, Value("0"))),
                name="barcode_gtin_of_code",
            ),
        ]
        # those that another row holds the GTIN of, or that have a wrong check digit (selectors.doubled_codes)
        indexes = [
            models.Index(fields=["id"], condition=Q(gtin=None, code__regex=FIGURES), name="barcode_without_gtin")
        ]


class StockLevel(models.Model):
    """Stock per branch and variant: on hand and reserved. Written by catalog.stock only."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="stock")
    on_hand = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    reserved = models.DecimalField(max_digits=10, decimal_places=3, default=0)

    class Meta:
        constraints = [
            # variant first: the matrix reads all branches of its variants by this index
            models.UniqueConstraint(fields=["variant", "branch"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
        ]
        # the filter Tekort of the page Voorraad: what a branch owes. How many rows that are PostgreSQL knows by the
        # statistics stock_free (migration 0008)
        indexes = [
            models.Index(fields=["branch", "variant"], condition=Q(on_hand__lt=F("reserved")), name="stock_short")
        ]

    @property
    def free(self):
        return self.on_hand - self.reserved


class StockMove(AppendOnly):
    """One movement of stock on hand; a correction is a new move."""

    class Reason(models.TextChoices):
        OPENING = "opening", _("beginvoorraad")
        DELIVERY = "delivery", _("levering")
        RETURN = "return", _("retour")
        COUNT = "count", _("telling")
        CORRECTION = "correction", _("correctie")
        IMPORT = "import", _("import")

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="moves")
    quantity = models.DecimalField(max_digits=10, decimal_places=3)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    source = models.CharField(max_length=80, blank=True, default="")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="stock_move_not_zero")]
        # the card of one variant in one branch
        indexes = [models.Index(fields=["variant", "branch", "id"], name="stock_move_card")]

    # what the stock card hangs on a move: on hand after it (pieces); not stored
    balance: Decimal
