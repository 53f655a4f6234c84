"""What libraries draw as SVG: QR codes (segno) and small bar charts (pygal). Markup is taken as it is here alone.

static/css/start.css dresses the charts with our tokens, in light and dark. What pygal adds for pages of its own (style,
script, tooltips) is taken out: the policy of our pages allows none of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 340, 96
DROPPED = {"defs", "desc", "titles", "overlay", "text-overlay", "tooltip-overlay", "background"}
XLINK = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True)
class Bar:
    """One bar: what stands under it, its value, what it says when pointed at, and where it leads (empty: nowhere)."""

    label: str
    value: Any
    title: str
    url: str


def qr_code(text: str) -> SafeString:
    """The text as a QR code of class qr."""
    import segno

    code = segno.make(text, error="m")
    return mark_safe(code.svg_inline(scale=5, svgclass="qr", lineclass=None, border=2))  # noqa: S308


def bars(points: Sequence[Bar], say: Callable[[Any], str]) -> SafeString:
    """The chart; `say` writes its highest value at the line. A table beside it must hold the same figures and links:
    it is drawn for the eye and the mouse alone, and hidden from who hears the page or uses the keyboard.
    """
    import pygal  # here, because it takes long to load

    highest = max((point.value for point in points), default=0)
    lines = [{"value": float(value), "label": say(value) if value else ""} for value in sorted({0, highest})]
    chart = pygal.Bar(
        width=WIDTH, height=HEIGHT, margin=0, margin_top=8, spacing=4, show_legend=False, js=[], no_prefix=True,
        disable_xml_declaration=True, classes=["chart"], x_labels=[point.label for point in points], y_labels=lines,
        rounded_bars=1,
    )  # fmt: skip
    chart.add("", [
        {"value": float(point.value), "tooltip": point.title}
        | ({"xlink": {"href": point.url, "tabindex": "-1"}} if point.url else {})
        for point in points
    ])  # fmt: skip
    chart.add_xml_filter(_bare)
    return mark_safe(chart.render(is_unicode=True))  # noqa: S308 (its texts and addresses are escaped as XML)


def _bare(svg):
    """The drawing alone, with links of HTML."""
    svg.remove(svg.find("{*}title"))
    for parent in list(svg.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or DROPPED & _words(child):
                parent.remove(child)
        if XLINK in parent.attrib:
            parent.set("href", parent.attrib.pop(XLINK))
    del svg.attrib["id"]
    svg.set("aria-hidden", "true")
    return svg


def _words(node) -> set[str]:
    """The tag and the classes of a node."""
    return {node.tag.rpartition("}")[2], *node.get("class", "").split()}
