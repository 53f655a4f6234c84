"""Uploaded pictures: only what really is a picture comes in, made small and without what a camera wrote in it.

A small file may hold a large picture, and a picture is decoded point by point: what that may take is bounded before
it begins, by what each kind needs. A JPEG is reduced while it is decoded, so it may be as large as a telephone's.
"""

import hashlib
import io
import threading

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from backoffice.core.errors import Refusal

SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
NAMES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp")  # how the name of an upload may end
# points at most; measured: 28 MB of memory for such a JPEG, 190 MB for a PNG, 205 MB for a WebP (held three times)
MOST = {"JPEG": 50_000_000, "PNG": 20_000_000, "WEBP": 12_000_000}
PROGRESSIVE = 24_000_000  # a progressive JPEG is held whole: 146 MB
SCANS = 50  # of a progressive JPEG; each goes over the whole picture, and ten are usual
PARTS = 20_000  # pieces of a file; each is read by itself before the picture is
_one_at_a_time = threading.Lock()  # per process, so that the threads of a server do not need all that at once


def read(upload, *, side: int, most_bytes: int, kinds: tuple[str, ...] = ("JPEG", "PNG", "WEBP")) -> ContentFile:
    """The picture in an uploaded file, neither side longer than `side` points.

    It is named after its content, so that a request key tells two apart. Raises Refusal when it is too large, or of no
    such kind by its content; one whose name says something else is refused as well.
    """
    if upload.size > most_bytes:
        most = f"{most_bytes / 1_000_000:.0f}"
        raise Refusal("picture.size", _("De afbeelding is groter dan %(most)s MB.") % {"most": most}, "image")
    content = upload.read()
    try:
        if not upload.name.lower().endswith(NAMES) or too_many_parts(content):
            raise ValueError("not a picture's name, or too many parts")
        with _one_at_a_time, Image.open(io.BytesIO(content), formats=kinds) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)  # a JPEG with a second picture in it
            _bounded(image, kind)
            made = _small(image, kind, side)
    except Refusal:
        raise
    except Exception as error:  # Pillow raises many kinds for a broken or hostile file
        named = {"kinds": _("JPEG-, PNG- of WebP") if "WEBP" in kinds else _("PNG- of JPEG")}
        message = _("Dit bestand is geen leesbare %(kinds)s-afbeelding.") % named
        raise Refusal("picture.kind", message, "image") from error
    return ContentFile(made, f"{hashlib.sha256(made).hexdigest()[:24]}{SUFFIX[kind]}")


def _bounded(image: Image.Image, kind: str) -> None:
    """Raises Refusal for more points than are decoded; nothing of it is decoded yet."""
    most = PROGRESSIVE if image.info.get("progressive") else MOST[kind]
    if image.width * image.height > most:
        raise Refusal(
            "picture.size",
            _("De afbeelding heeft meer dan %(most)s miljoen beeldpunten. Maak haar kleiner, of bewaar haar als JPEG.")
            % {"most": most // 1_000_000},
            "image",
        )


def _small(image: Image.Image, kind: str, side: int) -> bytes:
    image.draft(None, (side, side))  # of a JPEG, a half, a quarter or an eighth is decoded
    image.thumbnail((side, side))
    turned = ImageOps.exif_transpose(image)
    if kind == "JPEG" and turned.mode != "RGB":
        turned = turned.convert("RGB")
    plain = Image.new(turned.mode, turned.size)
    if turned.mode == "P":
        plain.putpalette(turned.getpalette() or [])
    plain.paste(turned)
    out = io.BytesIO()
    plain.save(out, kind)
    return out.getvalue()


def too_many_parts(content: bytes) -> bool:
    """Whether a PNG or JPEG is made of more pieces than a picture has, or a JPEG is drawn in too many goes."""
    at, steps = 0, 0
    if content.startswith(b"\x89PNG"):
        at = 8
        while at < len(content) and steps <= PARTS:
            at += 12 + int.from_bytes(content[at : at + 4], "big")
            steps += 1
    elif content.startswith(b"\xff\xd8"):
        at = 2
        while at < len(content) and steps <= PARTS:
            mark = content[at : at + 2]
            if mark == b"\xff\xda":  # from here on it is the picture
                break
            segment = mark[:1] == b"\xff" and mark[1:] not in (b"\xff", b"\x00")
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big") if segment else 1
            steps += 1
        if content.count(b"\xff\xda") > SCANS:
            return True
    return steps > PARTS
