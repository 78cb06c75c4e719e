"""Names of files that no header, shell or file system takes amiss."""

import pytest

from portal.invoices.file_name import content_disposition, safe_name


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("INV-1.pdf", 'attachment; filename="INV-1.pdf"'),
        ("../../etc/passwd", 'attachment; filename="etc-passwd.pdf"'),
        ('a"\r\nSet-Cookie: x.pdf', 'attachment; filename="a-Set-Cookie- x.pdf"'),
        ("Zürich.PDF", "attachment; filename=\"Zurich.pdf\"; filename*=UTF-8''Z%C3%BCrich.pdf"),
        ("Счёт.pdf", "attachment; filename=\"invoice.pdf\"; filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82.pdf"),
        ("", 'attachment; filename="invoice.pdf"'),
    ],
)
def test_download_has_a_safe_name(name: str, header: str) -> None:
    assert content_disposition(name) == header


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("INV/2026-1", "INV-2026-1"),
        ("Zürich 7", "Zürich 7"),
        ("..", "invoice"),
        ("a\r\nb", "a-b"),
        ("x" * 200, "x" * 100),
    ],
)
def test_attachment_has_a_safe_name(number: str, name: str) -> None:
    assert safe_name(number) == name
