"""Pictures of articles: only what really is a picture comes in, made small and without what a camera wrote in it."""

import hashlib
import io

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from backoffice.core.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
SIDE = 1200
SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


def read(upload) -> ContentFile:
    """The picture in an uploaded file, named after its content (so that a request key tells two apart).

    Raises Refusal when it is too large or no JPEG, PNG or WebP.
    """
    if upload.size > MAX_BYTES:
        raise Refusal("picture.size", _("De afbeelding is groter dan 10 MB."), "image")
    try:
        with Image.open(upload, formats=list(SUFFIX)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refusal("picture.size", _("De afbeelding heeft meer dan 50 miljoen beeldpunten."), "image")
            kind = image.format
            turned = ImageOps.exif_transpose(image)
            turned.thumbnail((SIDE, SIDE))
            if kind == "JPEG" and turned.mode != "RGB":
                turned = turned.convert("RGB")
            plain = Image.new(turned.mode, turned.size)
            if turned.mode == "P":
                plain.putpalette(turned.getpalette() or [])
            plain.paste(turned)
            out = io.BytesIO()
            plain.save(out, kind)
    except Refusal:
        raise
    except Exception as error:  # Pillow raises many kinds for a broken or hostile file
        message = _("Dit bestand is geen leesbare JPEG-, PNG- of WebP-afbeelding.")
        raise Refusal("picture.kind", message, "image") from error
    content = out.getvalue()
    return ContentFile(content, f"{hashlib.sha256(content).hexdigest()[:24]}{SUFFIX[str(kind)]}")
