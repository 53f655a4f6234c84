"""The branch as it stands above a paper: kept as data with the paper, so that a copy has the address of then."""

from dataclasses import asdict, dataclass
from textwrap import wrap

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from backoffice.relations.models import Branch
from sales.documents.pdf import media_url


@dataclass(frozen=True)
class Letterhead:
    """A branch as it was. logo: the name of its file, which may be gone by now."""

    name: str = ""
    company: str = ""
    street_line: str = ""
    city_line: str = ""
    phone: str = ""
    email: str = ""
    kvk: str = ""
    vat_id: str = ""
    iban: str = ""
    logo: str = ""

    @property
    def title(self) -> str:
        return self.company or self.name

    @property
    def ids(self) -> list[str]:
        """The numbers that a shop's papers show, where there are any."""
        found = ((_("KVK"), self.kvk), (_("BTW"), self.vat_id))
        return [f"{label} {number}" for label, number in found if number]

    @property
    def iban_shown(self) -> str:
        """In groups of four."""
        return " ".join(wrap(self.iban.replace(" ", ""), 4))

    @property
    def logo_url(self) -> str:
        """Its address inside a document; empty where there is none, or its file is gone."""
        return media_url(self.logo) if self.logo and default_storage.exists(self.logo) else ""


def letterhead(branch: Branch) -> dict[str, str]:
    """The branch as it is now, as plain JSON that makes a Letterhead."""
    fields = {name: getattr(branch, name) for name in Letterhead.__dataclass_fields__ if name != "logo"}
    return asdict(Letterhead(**fields, logo=branch.logo.name or ""))
