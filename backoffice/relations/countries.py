"""The countries that an address may name: ISO code and Dutch name, the neighbours first; and their other names."""

from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from backoffice.core.search import fold

COUNTRIES = [
    ("NL", _("Nederland")),
    ("BE", _("België")),
    ("DE", _("Duitsland")),
    ("BG", _("Bulgarije")),
    ("CY", _("Cyprus")),
    ("DK", _("Denemarken")),
    ("EE", _("Estland")),
    ("FI", _("Finland")),
    ("FR", _("Frankrijk")),
    ("GR", _("Griekenland")),
    ("HU", _("Hongarije")),
    ("IE", _("Ierland")),
    ("IT", _("Italië")),
    ("HR", _("Kroatië")),
    ("LV", _("Letland")),
    ("LT", _("Litouwen")),
    ("LU", _("Luxemburg")),
    ("MT", _("Malta")),
    ("NO", _("Noorwegen")),
    ("AT", _("Oostenrijk")),
    ("PL", _("Polen")),
    ("PT", _("Portugal")),
    ("RO", _("Roemenië")),
    ("SI", _("Slovenië")),
    ("SK", _("Slowakije")),
    ("ES", _("Spanje")),
    ("CZ", _("Tsjechië")),
    ("GB", _("Verenigd Koninkrijk")),
    ("US", _("Verenigde Staten")),
    ("SE", _("Zweden")),
    ("CH", _("Zwitserland")),
]

# the code of three letters, the English name, and what the country calls itself
ALSO = {
    "NL": "NLD, Netherlands, The Netherlands, Holland, Pays-Bas, Niederlande, Países Bajos",
    "BE": "BEL, Belgium, Belgique, Belgien",
    "DE": "DEU, Germany, Deutschland, BRD, Allemagne, Bondsrepubliek Duitsland",
    "BG": "BGR, Bulgaria, Balgarija, България",
    "CY": "CYP, Kypros, Kıbrıs, Κύπρος",
    "DK": "DNK, Denmark, Danmark",
    "EE": "EST, Estonia, Eesti",
    "FI": "FIN, Finland, Suomi",
    "FR": "FRA, France",
    "GR": "GRC, EL, Greece, Hellas, Ellada, Ελλάδα",
    "HU": "HUN, Hungary, Magyarország",
    "IE": "IRL, Ireland, Éire",
    "IT": "ITA, Italy, Italia",
    "HR": "HRV, Croatia, Hrvatska",
    "LV": "LVA, Latvia, Latvija",
    "LT": "LTU, Lithuania, Lietuva",
    "LU": "LUX, Luxembourg, Lëtzebuerg, Groothertogdom Luxemburg",
    "MT": "MLT",
    "NO": "NOR, Norway, Norge, Noreg",
    "AT": "AUT, Austria, Österreich, Oesterreich",
    "PL": "POL, Poland, Polska",
    "PT": "PRT",
    "RO": "ROU, Romania, România",
    "SI": "SVN, Slovenia, Slovenija",
    "SK": "SVK, Slovakia, Slovensko",
    "ES": "ESP, Spain, España",
    "CZ": "CZE, Czechia, Czech Republic, Česko, Česká republika, Tsjechische Republiek",
    "GB": "GBR, UK, United Kingdom, Great Britain, England, Scotland, Wales, Northern Ireland, Engeland",
    "US": "USA, United States, United States of America, Verenigde Staten van Amerika, Amerika",
    "SE": "SWE, Sweden, Sverige",
    "CH": "CHE, Switzerland, Schweiz, Suisse, Svizzera",
}


@cache
def _codes() -> dict[str, str]:
    """{what a country is called, folded: its code}."""
    with override("nl"):
        found = {fold(str(name)): code for code, name in COUNTRIES}
    found |= {code.lower(): code for code, _name in COUNTRIES}
    return found | {fold(name): code for code, names in ALSO.items() for name in names.split(",")}


def code_of(text: str) -> str:
    """The ISO code of a country by its code, or by its name in Dutch, English or its own language; else empty."""
    return _codes().get(fold(text.strip(" .()")), "")


def name_of(code: str) -> str:
    """The name of a country in the language of the moment; a code that is not listed stays as it is."""
    return str(dict(COUNTRIES).get(code, code))
