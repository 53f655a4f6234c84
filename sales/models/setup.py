"""What the shop keeps for its orders: Soort and Leverwijze (docs/decisions.md, 11)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.sorting import SortKey, key_of_name
from backoffice.relations.models import VatMode


class OrderType(models.Model):
    """Soort: default VAT mode, whether cancelling is allowed, the deposit it asks (docs/decisions.md, 11)."""

    name = models.CharField(_("Naam"), max_length=60, unique=True)
    vat_mode = models.CharField(_("BTW"), max_length=14, choices=VatMode.choices, default=VatMode.INCLUSIVE)
    may_cancel = models.BooleanField(_("Annuleren toegestaan"), default=True)
    deposit_percent = models.DecimalField(_("Verplichte aanbetaling (%)"), max_digits=5, decimal_places=2, default=0)
    quotation = models.BooleanField(_("Is offerte"), default=False)
    # own fields of the shop, asked at Extra gegevens: [{"key": "bouw", "label": "Bouwnummer"}]
    extra_fields = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("Volgorde"), default=0)
    active = models.BooleanField(_("Actief"), default=True)
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["position", "sort_key", "id"]
        verbose_name, verbose_name_plural = _("soort"), _("soorten")
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_percent__gte=0, deposit_percent__lte=100),
                name="order_type_deposit_percent",
                violation_error_message=_("Vul een percentage van 0 tot en met 100 in."),
            )
        ]

    def __str__(self):
        return self.name


class DeliveryMethod(models.Model):
    """Leverwijze: of kind afhalen or bezorgen, with the text of its till button."""

    class Kind(models.TextChoices):
        PICKUP = "pickup", _("Afhalen")
        DELIVERY = "delivery", _("Bezorgen")

    name = models.CharField(_("Naam"), max_length=60, unique=True)
    kind = models.CharField(_("Wijze"), max_length=8, choices=Kind.choices, default=Kind.PICKUP)
    till_text = models.CharField(_("Tekst op de kassaknop"), max_length=30, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("Volgorde"), default=0)
    active = models.BooleanField(_("Actief"), default=True)
    sort_key = SortKey(of=key_of_name)

    class Meta:
        ordering = ["position", "sort_key", "id"]
        verbose_name, verbose_name_plural = _("leverwijze"), _("leverwijzen")

    def __str__(self):
        return self.name
