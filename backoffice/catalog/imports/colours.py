"""Swatches for the colour names that files use."""

from backoffice.core.search import fold

HEX = {
    "#15151a": "zwart black noir schwarz",
    "#ffffff": "wit white blanc weiss",
    "#f6f1e3": "offwhite off-white gebroken-wit ecru creme cream ivoor ivory",
    "#8b8d92": "grijs grey gray gris grau",
    "#4a4c52": "antraciet anthracite donkergrijs charcoal",
    "#c9cbd0": "lichtgrijs lightgrey zilver silver",
    "#1d2a4d": "navy donkerblauw marine marineblauw nachtblauw",
    "#2b5fb3": "blauw blue bleu blau",
    "#8fb8e0": "lichtblauw lightblue hemelsblauw",
    "#1f44c9": "kobalt kobaltblauw cobalt",
    "#3d5a80": "denim jeans jeansblauw indigo",
    "#b3262e": "rood red rouge rot",
    "#6d1f2c": "bordeaux burgundy wijnrood",
    "#2f7d46": "groen green vert grun",
    "#27452f": "bosgroen donkergroen flessengroen",
    "#6b7042": "olijf olijfgroen olive kaki khaki legergroen army",
    "#a8dcc0": "mint mintgroen munt",
    "#e8c52b": "geel yellow jaune gelb",
    "#c99a24": "oker okergeel mosterd mustard",
    "#e2761f": "oranje orange",
    "#c2562f": "roest roestbruin terracotta brique",
    "#e79ab4": "roze pink rose rosa",
    "#c2246f": "fuchsia magenta",
    "#6e3fa3": "paars purple violet violett",
    "#b7a3da": "lavendel lavender lila lilac",
    "#6a4328": "bruin brown brun braun",
    "#9a5a2b": "cognac camel caramel",
    "#d8c3a0": "beige zand sand",
    "#857a6d": "taupe",
    "#1f8f95": "turquoise petrol teal aqua",
    "#c8a64b": "goud gold",
    "#b08d57": "brons bronze koper",
}
_BY_NAME = {name: code for code, names in HEX.items() for name in names.split()}


def hex_of(label: str) -> str:
    """The colour code of a name, of its last known word ("Licht zandbeige" has none), or nothing."""
    folded = fold(label)
    whole = folded.replace(" ", "")
    if whole in _BY_NAME:
        return _BY_NAME[whole]
    for word in reversed(folded.replace("/", " ").replace("-", " ").split()):
        if word in _BY_NAME:
            return _BY_NAME[word]
    return ""
