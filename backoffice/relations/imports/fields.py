"""The fields of a file of customers, the headers by which they are known, and the words in their cells."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.imports.importer import Field
from backoffice.core.search import fold
from backoffice.relations.models import VatMode

FIELDS = (
    Field("number", _("Debiteurnummer"),
          ("Debiteurnr", "Klantnummer", "Klantnr", "Nummer", "Customer number", "Customer ID", "Relatienummer",
           "Relatiecode", "Debtor number", "Code")),
    Field("kind", _("Soort"), ("Type", "Klanttype", "Customer type", "Kind")),
    Field("company", _("Bedrijfsnaam"), ("Bedrijf", "Company", "Company name", "Firma", "Organisatie")),
    Field("first_name", _("Voornaam"), ("First name", "Firstname", "Given name")),
    Field("infix", _("Tussenvoegsel"), ("Tussenvoegsels", "Infix", "Prefix")),
    Field("last_name", _("Achternaam"), ("Last name", "Lastname", "Surname", "Family name", "Naam", "Name")),
    Field("email", _("E-mail"), ("E-mailadres", "Mail", "Email", "Email address")),
    Field("phone", _("Telefoon"), ("Telefoonnummer", "Mobiel", "Phone", "Phone number", "Tel", "Mobile")),
    Field("street", _("Straat"),
          ("Straatnaam", "Street", "Adres", "Address", "Address1", "Adres 1", "Adresregel 1", "Address line 1",
           "Straat en huisnummer", "Straat + huisnummer", "Street address")),
    Field("house_number", _("Huisnummer"), ("Huisnr", "House number", "Nr")),
    Field("addition", _("Toevoeging"), ("Huisnummer toevoeging", "Huisnummertoevoeging", "Addition", "Suffix")),
    Field("postcode", _("Postcode"), ("Zip", "Zip code", "Postal code")),
    Field("city", _("Plaats"), ("Woonplaats", "Stad", "City", "Town")),
    Field("country", _("Land"), ("Landcode", "Land: Code", "Country", "Country code")),
    Field("kvk", _("KVK-nummer"), ("KVK", "KvK nr", "Chamber of commerce", "CoC")),
    Field("vat_id", _("BTW-id"), ("BTW-nummer", "BTW nr", "VAT ID", "VAT number")),
    Field("vat_mode", _("Standaard BTW"), ("BTW", "VAT mode")),
    Field("vat_reason", _("Reden zonder BTW"), ("Reden geen BTW", "Reden verlegd", "VAT reason")),
)  # fmt: skip
LABELS = {one.name: str(one.label) for one in FIELDS}
VALUES = ("kind", "company", "first_name", "infix", "last_name", "email", "phone", "kvk", "vat_id", "vat_mode")
ADDRESS = ("street", "house_number", "addition", "postcode", "city", "country")
KINDS = {"particulier": "private", "private": "private", "consument": "private", "p": "private",
         "zakelijk": "business", "business": "business", "bedrijf": "business", "z": "business",
         "b": "business"}  # fmt: skip
MODES = {"inclusief": "inclusive", "exclusief": "exclusive", "verlegd": "reverse_charge", "geen": "none"}
MODES |= {fold(str(mode.label)): mode.value for mode in VatMode} | {mode.value: mode.value for mode in VatMode}
