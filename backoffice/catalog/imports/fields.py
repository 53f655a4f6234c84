"""The fields of an article file, and the headers by which they are known (Dutch, English, web shop exports)."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.imports.importer import Field

OPTIONS = (1, 2, 3)


def _option(number: int) -> tuple[Field, Field]:
    return (
        Field(
            f"option{number}_name",
            f"Optie {number}: naam",
            (f"Option{number} Name", f"Attribute {number} name", f"Optienaam {number}", f"Optie{number} naam"),
        ),
        Field(
            f"option{number}_value",
            f"Optie {number}: waarde",
            (f"Option{number} Value", f"Attribute {number} value(s)", f"Optiewaarde {number}", f"Optie{number} waarde"),
        ),
    )


# the first synonym that the file has wins: a web shop's Handle is the article, its Variant SKU one variant
FIELDS = (
    Field(
        "number",
        _("Artikelnummer"),
        ("Artikelnr", "Art.nr.", "Artikelcode", "Handle", "Stijlnummer", "Modelnummer", "Style", "Style number",
         "Parent SKU", "Article number", "Article", "Item number", "Product code", "Productcode", "SKU", "Nummer"),
        required=True,
    ),
    Field(
        "name",
        _("Omschrijving"),
        ("Artikelomschrijving", "Naam", "Productnaam", "Artikelnaam", "Titel", "Title", "Name", "Product name",
         "Description", "Product", "Item"),
    ),
    Field("brand", _("Merk"), ("Brand", "Vendor", "Merknaam", "Fabrikant", "Manufacturer", "Leverancier", "Supplier")),
    Field(
        "group",
        _("Artikelgroep"),
        ("Groep", "Productgroep", "Categorie", "Category", "Categories", "Type", "Product type", "Product category",
         "Artikelcategorie", "Group", "Department"),
    ),
    Field("colour", _("Kleur"), ("Colour", "Color", "Kleurnaam", "Color name", "Colour name")),
    Field("size", _("Maat"), ("Size", "Maten", "Schoenmaat", "Size name")),
    Field(
        "ean",
        _("EAN"),
        ("EAN-code", "EAN13", "EAN-13", "Barcode", "Streepjescode", "Variant Barcode", "GTIN", "GTIN13", "UPC"),
    ),
    Field("sku", _("Variantcode (SKU)"), ("Variant SKU", "Variantcode", "Variant code", "SKU", "Bestelcode")),
    Field(
        "price",
        _("Verkoopprijs"),
        ("Prijs", "Variant Price", "Price", "Regular price", "Sales price", "Retail price", "Consumentenprijs",
         "Adviesverkoopprijs", "Verkoopprijs incl", "Verkoopprijs incl. btw", "Prijs incl. btw", "Price incl. VAT",
         "RRP"),
    ),
    Field(
        "vat",
        _("BTW"),
        ("Btw-tarief", "Btw %", "Btw-percentage", "Btw-code", "VAT", "VAT %", "VAT rate", "Tax", "Tax rate"),
    ),
    Field(
        "stock",
        _("Voorraad"),
        ("Aantal", "Voorraad aantal", "Variant Inventory Qty", "Inventory quantity", "Stock", "Stock quantity",
         "Inventory", "Quantity", "Qty", "On hand", "In stock"),
    ),
    Field("size_range", _("Maatbalk"), ("Size range", "Size scale", "Matenbalk")),
    Field("active", _("Actief"), ("Active", "Status", "Published", "Gepubliceerd", "Zichtbaar", "Enabled")),
    *_option(1),
    *_option(2),
    *_option(3),
)  # fmt: skip

COLOUR_OPTIONS = {"kleur", "kleuren", "color", "colour", "colors", "colours", "farbe", "couleur", "kleurnaam"}
SIZE_OPTIONS = {
    "maat", "maten", "size", "sizes", "grootte", "schoenmaat", "kledingmaat", "shoe size", "grosse", "taille",
    "pointure",
}  # fmt: skip
# a web shop writes this where an article has no options
NO_OPTIONS = {"title", "titel", "default title", "default"}
