"""Whether an account is a company: by its KVK-nummer or BTW-id, or by the form of the company in its name."""

import re

# the forms of the neighbours; those of two letters in capitals or with points alone, for Sa and Ag are family names
_ANY_CASE = (
    r"b\.\s?v\.?|n\.\s?v\.?|v\.\s?o\.\s?f\.?|vof|c\.\s?v\.|u\.\s?a\.|bvba|b\.v\.b\.a\.|gmbh|g\.m\.b\.h\.|sprl|"
    r"s\.p\.r\.l\.|sarl|s\.a\.r\.l\.|s\.a\.|s\.r\.l\.|e\.v\.|e\.k\.|ltd\.?|limited|llc|plc|inc\.|holding|maatschap|eenmanszaak"
)
_BY_LETTERS = re.compile(rf"(?<=[^,\s])\s+\(?(?:{_ANY_CASE})(?![\w.])", re.IGNORECASE)
_IN_CAPITALS = re.compile(r"(?<=[^,\s])\s+\(?(?:BV|Bv|bv|NV|nv)\.?(?![\w.])")
_BEFORE = re.compile(r"(?:stichting|vereniging|co[oö]peratie|gemeente|maatschap|firma|fa\.)\s", re.IGNORECASE)


def is_company(name: str) -> bool:
    """ "Bakkerij Voorbeeld B.V.", "Muster GmbH & Co. KG", "Stichting Kunst"; not "Jansen, B.V.", which are initials."""
    return bool(_BY_LETTERS.search(name) or _IN_CAPITALS.search(name) or _BEFORE.match(name))


def as_account(given: dict, old) -> dict:
    """The values of a row with the kind that they speak of, and the name of a company where it belongs.

    given: the cells that are not empty, kind among them when the file says it. old: the Customer it is about, or None.
    A company whose name stands in the column of names is business, so is who has a KVK-nummer or BTW-id.
    """
    values = dict(given)
    name, person = values.get("last_name", ""), values.get("first_name") or values.get("infix")
    company, ids = is_company(name), values.get("kvk") or values.get("vat_id")
    kind = values.get("kind") or ("business" if values.get("company") or company or ids else "")
    if kind == "business" and name and not values.get("company"):
        if old is not None and old.company and not company:
            if name.casefold() == old.company.casefold():
                del values["last_name"]
        elif company or not person:
            values["company"] = values.pop("last_name")
            if old is not None and old.last_name == name:
                values["last_name"] = ""
        elif "kind" not in given:
            values["company"] = " ".join(filter(None, (values.get("first_name"), values.get("infix"), name)))
    values["kind"] = kind or (old.kind if old is not None else "private")
    return values
