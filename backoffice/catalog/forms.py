"""Forms of articles, of the tables that they choose from, and of their stock."""

from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from backoffice.catalog.models import Article, ArticleGroup, Brand, Colour, SizeRange, VatRate
from backoffice.core.forms import (
    AmountField,
    CleanTextField,
    DutchDateField,
    PercentField,
    PictureField,
    clean_formfield,
    parse_quantity,
)


def read_signed(text: str, fractions: bool) -> Decimal:
    """Pieces with a sign: "3", "+3", "-3". Raises InputError."""
    typed = text.strip()
    pieces = parse_quantity(typed.removeprefix("+").lstrip("-\u2212"), fractions=fractions, minimum=Decimal(0))
    return -pieces if typed[:1] in ("-", "\u2212") else pieces


class SignedField(CleanTextField):
    """Pieces in (above zero) or off (below zero)."""

    css = "num"

    def __init__(self, *, fractions: bool, **options) -> None:
        self.fractions = fractions
        super().__init__(max_length=20, **options)

    def clean(self, value):
        return forms.Field.clean(self, value)

    def read(self, text: str):
        return read_signed(text, self.fractions)


class CorrectionForm(forms.Form):
    """Correctie of one variant at one branch."""

    variant = forms.ChoiceField(label=gettext_lazy("Variant"))
    reason = CleanTextField(label=gettext_lazy("Reden"), max_length=80)

    def __init__(self, data, *, article: Article, shelves) -> None:
        super().__init__(data)
        self.fields["quantity"] = SignedField(
            label=gettext_lazy("Erbij of eraf"),
            fractions=article.fractions,
            help_text=gettext_lazy("Met een min gaat het van de voorraad af: -2."),
        )
        self.fields["variant"].choices = [  # type: ignore[attr-defined]
            (str(shelf.variant.pk), shelf.words) for shelf in shelves
        ]
        self.order_fields(["variant", "quantity", "reason"])


def vat_choices() -> list[tuple[str, str]]:
    """The VAT codes that count today, highest rate first."""
    today = timezone.localdate()
    rates = VatRate.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today).order_by("-percent")
    return [(rate.code, rate.name) for rate in rates]


class ArticleForm(forms.ModelForm):
    """One article; `values` is what catalog.services.articles.save takes."""

    number = CleanTextField(label=gettext_lazy("Artikelnummer"), max_length=40)
    name = CleanTextField(label=gettext_lazy("Omschrijving"), max_length=160)
    brand = CleanTextField(label=gettext_lazy("Merk"), max_length=80, required=False)
    group = CleanTextField(
        label=gettext_lazy("Artikelgroep"), max_length=300, required=False,
        help_text=gettext_lazy("Groep en ondergroep met een schuine streep: Dames/Broeken."),
    )  # fmt: skip
    sales_price = AmountField(label=gettext_lazy("Verkoopprijs (incl. BTW)"))
    vat_code = forms.ChoiceField(label=gettext_lazy("BTW-tarief"), choices=vat_choices)
    size_range = forms.ModelChoiceField(
        label=gettext_lazy("Maatbalk"),
        queryset=SizeRange.objects.all(),
        required=False,
        empty_label=gettext_lazy("geen maten"),
    )
    image = PictureField(label=gettext_lazy("Afbeelding"), side=1200, most_bytes=10_000_000, required=False)
    colours = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Kleuren"),
        queryset=Colour.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Article
        fields = ["number", "name", "brand", "group", "sales_price", "vat_code", "size_range", "colours", "fractions",
                  "stocked", "active", "image"]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.instance
        self.fields["brand"].widget.attrs["list"] = "brand-names"
        self.fields["group"].widget.attrs["list"] = "group-paths"
        if article.pk:
            self.initial = dict(self.initial) | {
                "brand": article.brand.name if article.brand else "",
                "group": article.group.path if article.group else "",
                "sales_price": article.sales_price.amount,
                "colours": list(Colour.objects.filter(pk__in=article.variants.filter(active=True).values("colour"))),
            }

    def clean_image(self):
        """A new picture is checked and made small; False takes the old one away; None leaves it."""
        upload = self.cleaned_data["image"]
        if "image" not in self.changed_data:
            return None
        return upload or ""

    def _post_clean(self):
        """The service writes the article, not the form."""

    @property
    def values(self) -> dict:
        cleaned = dict(self.cleaned_data)
        cleaned.pop("colours")
        size_range = cleaned.pop("size_range")
        if cleaned["image"] is None:
            cleaned.pop("image")
        return cleaned | {"size_range_id": size_range.pk if size_range else None}

    @property
    def colour_ids(self) -> list[int]:
        return [colour.pk for colour in self.cleaned_data["colours"]]


class ColourForm(forms.ModelForm):
    hex = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$", label=gettext_lazy("Kleurcode"), required=False,
        error_messages={"invalid": gettext_lazy("Vul een kleurcode in als #1d2a4d.")},
    )  # fmt: skip

    class Meta:
        model = Colour
        formfield_callback = clean_formfield
        fields = ["label", "hex"]

    def clean(self):
        """A new colour stands below the others; the list moves it."""
        cleaned = super().clean() or {}
        if not self.instance.pk:
            last = Colour.objects.order_by("-position").values_list("position", flat=True).first()
            cleaned["position"] = (last or 0) + 1
        return cleaned


class BrandForm(forms.ModelForm):
    class Meta:
        model = Brand
        formfield_callback = clean_formfield
        fields = ["name"]


class GroupForm(forms.ModelForm):
    class Meta:
        model = ArticleGroup
        formfield_callback = clean_formfield
        fields = ["path"]


class VatRateForm(forms.ModelForm):
    percent = PercentField(label=gettext_lazy("Percentage"))
    valid_from = DutchDateField(label=gettext_lazy("Geldig vanaf"), years_back=None, years_ahead=None)
    valid_to = DutchDateField(
        label=gettext_lazy("Geldig tot en met"), years_back=None, years_ahead=None, required=False
    )

    class Meta:
        model = VatRate
        formfield_callback = clean_formfield
        fields = ["code", "name", "percent", "valid_from", "valid_to", "undelivered"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["undelivered"].required = False

    def clean_undelivered(self):
        """A form that does not say it leaves it as it is."""
        return self.cleaned_data["undelivered"] or self.instance.undelivered


class SizeRangeForm(forms.Form):
    name = CleanTextField(label=gettext_lazy("Maatbalk"), max_length=60)
    sizes = CleanTextField(
        label=gettext_lazy("Maten"), max_length=1000, multiline=True, rows=8,
        help_text=gettext_lazy("Eén maat per regel, in de volgorde van het venster."),
    )  # fmt: skip

    @property
    def labels(self) -> list[str]:
        return [label.strip() for label in self.cleaned_data["sizes"].splitlines() if label.strip()]
