"""File name: what an invoice's PDF is called where it is downloaded or attached."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 100


def safe_name(text: str) -> str:
    """A name without .pdf that no header, shell or file system can take amiss."""
    name = unicodedata.normalize("NFC", text).removesuffix(".pdf").removesuffix(".PDF")
    return re.sub(r"[^\w.() -]+", "-", name).strip(" .-")[:LONGEST] or "invoice"


def content_disposition(file_name: str) -> str:
    """A download under a safe name (RFC 6266)."""
    name = safe_name(file_name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip() or "invoice"
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name)}.pdf"
    return f'attachment; filename="{plain}.pdf"{extended}'
