"""Versions: an invoice that an import changed is found by its number, each version with the PDF of its time."""

import io
import zipfile

from tests.admin.imports.runs import CUSTOMERS, HOME, INVOICES, Runs

OLD, NEW = b"%PDF-1.7 the old one" + b"." * 300_000, b"%PDF-1.7 the new one"


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.pdf", content)
    return made.getvalue()


async def two_versions(runs: Runs) -> str:
    await runs.published("customers", CUSTOMERS)
    await runs.published("invoices", INVOICES)
    await runs.published("documents", zipped(**{"INV-1": OLD}), "old.zip")
    changed = INVOICES.replace("100.00,20.00,120.00", "200.00,40.00,240.00")
    await runs.published("invoices", changed, "corrected.csv")
    await runs.published("documents", zipped(**{"INV-1": NEW}), "new.zip")
    return (await runs.admin.get(f"{HOME}/invoices?number=INV-1")).location


async def test_exact_number_leads_to_all_versions_and_their_pdfs(runs: Runs) -> None:
    url = await two_versions(runs)
    page = await runs.page(url.removeprefix(HOME))
    assert page.index("£240.00") < page.index("£120.00")
    assert "What customers see" in page
    assert "Replaced" in page
    source = (await runs.admin.get(url)).text
    links = [part.partition('"')[0] for part in source.split('href="') if "/documents/" in part]
    found = [await download(runs, link) for link in links]
    assert found == [NEW, OLD]


async def download(runs: Runs, link: str) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in runs.admin.cookies.items())
    headers = {"Host": runs.admin.host, "Cookie": cookies}
    async with runs.admin.client.get(link, headers=headers) as response:
        assert response.headers["Content-Type"] == "application/pdf"
        assert "attachment" in response.headers["Content-Disposition"]
        return await response.read()


async def test_beginning_of_a_number_lists_what_fits(runs: Runs) -> None:
    await runs.published("customers", CUSTOMERS)
    await runs.published("invoices", INVOICES)
    page = await runs.page("/invoices?number=inv-")
    assert "INV-1 Harbour Coffee Ltd" in page
    assert "INV-2 Quay Books" in page
    assert "No invoice begins with" in await runs.page("/invoices?number=X")
    assert "Every version" in await runs.page("/invoices")
