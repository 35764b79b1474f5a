"""Files as real programs wrote them: pages and command do the same with them, and an export comes back as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers.models import Customer
from blueprints.sales.models import Purchase, PurchaseLine
from core.db import db
from tests.core.realdata import ROOT, real
from tests.customers import wizard
from tests.customers.test_import_real import CASES
from tests.pages import Client

SignedIn = Callable[[str], Client]
MORE_HEADERS = ("google-contacts-legacy", "outlook-zh-CN", "outlook-zh-CN.gbk")
HEADERS = [
    *("google-contacts-2024", "outlook-en", "seeyon-oa-zh-CN"),
    *(pytest.param(name, marks=pytest.mark.extra) for name in MORE_HEADERS),
]
# What a person writes into an address book, by what it is called in each of these
PERSON = {
    "First Name": "Ann", "Given Name": "Ann", "Last Name": "Lee", "Family Name": "Lee", "Name": "Ann Lee",
    "姓名": "李安",
    "姓": "李", "名": "安", "Company": "Acme Ltd", "Organization Name": "Acme Ltd", "Organization 1 - Name": "Acme Ltd",
    "单位": "华兴科技", "Mobile Phone": "13912346688", "Phone 1 - Value": "13912346688", "移动电话": "13912346688",
}  # fmt: skip


def command(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(arg) for arg in args])


def told(result: Result) -> tuple[int, ...]:
    """New, updated, unchanged, with a warning, refused."""
    lines = [line.rpartition(": ")[2] for line in result.stdout.splitlines()[:5]]
    assert all(line.isdecimal() for line in lines), result.output
    return tuple(map(int, lines))


def alike(app: Flask, client: Client, file: Path, mapping: dict[str, str] | None = None) -> tuple[int, ...]:
    """The page tries a file and the command takes it: both say the same. Then the page finds all of it on file."""
    data = file.read_bytes()
    page = wizard.sent(client, "/customers/import", data, file.name)
    header = [str(cell.get_text(strip=True)) for cell in page.soup.select("form table tbody th")]
    chosen = (
        {f"column-{n}": (mapping or {}).get(name, "") for n, name in enumerate(header)} if mapping else {}
    )
    by_page = wizard.counted(wizard.tried(client, page, **chosen))
    options: list[object] = []
    if mapping:
        kept = file.parent / "mapping.json"
        kept.write_text(json.dumps(mapping), encoding="utf-8")
        options = ["--mapping", kept]
    assert told(command(app, "customers", "import", file, "--as", "manager", *options)) == by_page
    again = wizard.tried(client, wizard.sent(client, "/customers/import", data, file.name), **chosen)
    new, updated, unchanged, _warned, refused = wizard.counted(again)
    assert (new, updated) == (0, 0) and refused >= by_page[4]
    assert unchanged + refused == by_page[0] + by_page[1] + by_page[2] + by_page[4]
    return by_page


def copy_of(source: Path, folder: Path) -> Path:
    """The file where the command may have others beside it."""
    target = folder / source.name
    target.write_bytes(source.read_bytes())
    return target


@pytest.mark.parametrize("path", ["northwind/customers.csv", "northwind/suppliers.csv",
                                  "crm-exports/samples/accountData.csv"])  # fmt: skip
def test_lists_of_companies(app: Flask, signed_in: SignedIn, path: str) -> None:
    counts = alike(app, signed_in("manager"), real(path))
    assert counts[0] >= 20


CARDS = sorted((ROOT.parent / "shared" / "data" / "vcard").rglob("*.vcf"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(card.name, marks=pytest.mark.extra) if place % 6 else card.name
        for place, card in enumerate(CARDS)
    ]
    or ["ez-vcard"],
)
def test_every_card(app: Flask, signed_in: SignedIn, name: str) -> None:
    card = next((card for card in CARDS if card.name == name), None) or real(f"vcard/{name}")
    alike(app, signed_in("manager"), card)


@pytest.mark.parametrize("case", CASES)
def test_every_case_of_csv_spectrum(app: Flask, signed_in: SignedIn, tmp_path: Path, case: str) -> None:
    file = copy_of(real(f"csv/csv-spectrum/csvs/{case}.csv"), tmp_path)
    header = next(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
    alike(app, signed_in("manager"), file, {header[-1]: "name", header[-2]: "note"})


@pytest.mark.parametrize("name", HEADERS)
def test_every_address_book(app: Flask, signed_in: SignedIn, tmp_path: Path, name: str) -> None:
    """Its header alone is kept beside us: one person is written below it."""
    data = real(f"contact-csv-headers/{name}.txt").read_bytes()
    encoding = "gb18030" if "gbk" in name else "utf-8-sig"
    header = next(csv.reader([data.decode(encoding).strip()]))
    text = io.StringIO()
    csv.writer(text).writerows([header, [PERSON.get(cell.strip(), "") for cell in header]])
    file = tmp_path / "book.csv"
    file.write_bytes(text.getvalue().encode(encoding))
    assert alike(app, signed_in("manager"), file)[0] == 1


@pytest.mark.parametrize("path", ["northwind/customers.csv", "crm-exports/samples/accountData.csv"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_export_comes_back_as_it_was(app: Flask, tmp_path: Path, path: str, format: str) -> None:
    command(app, "customers", "import", real(path), "--as", "manager")
    with app.app_context():
        total = db.session.scalar(select(func.count()).select_from(Customer))
    first, second = tmp_path / f"first.{format}", tmp_path / f"second.{format}"
    assert command(app, "customers", "export", first, "--as", "manager", "--format", format).exit_code == 0
    back = command(app, "customers", "import", first, "--as", "manager")
    new, updated, unchanged, _warned, refused = told(back)
    assert (back.exit_code, new, updated, unchanged, refused) == (0, 0, 0, total, 0), back.output[:2_000]
    command(app, "customers", "export", second, "--as", "manager", "--format", format)
    if format == "csv":
        assert second.read_bytes() == first.read_bytes()


def test_northwinds_orders_through_the_pages(app: Flask, signed_in: SignedIn) -> None:
    """Customers, products, orders and their lines, one wizard each; the second time all is on file."""
    client = signed_in("manager")
    folder = real("northwind/orders.csv").parent
    for at, name in (("customers", "customers"), ("products", "products"), ("purchases", "orders")):
        data = (folder / f"{name}.csv").read_bytes()
        page = wizard.tried(client, wizard.sent(client, f"/{at}/import", data, f"{name}.csv"))
        taken = wizard.counted(wizard.run(client, page))
        assert taken[:4] == wizard.counted(page)[:4] and taken[0] > 60
        again = wizard.tried(client, wizard.sent(client, f"/{at}/import", data, f"{name}.csv"))
        assert wizard.counted(again)[:3] == (0, 0, taken[0])
    details = (folder / "order-details.csv").read_bytes()
    with app.app_context():
        known = set(db.session.scalars(select(Purchase.number)))
    rows = list(csv.reader(io.StringIO(details.decode())))
    mine = [row for row in rows[1:] if row[0] in known][:1_900]
    text = io.StringIO()
    csv.writer(text).writerows([rows[0], *mine])
    page = wizard.run(client, wizard.tried(client, wizard.sent(client, "/purchases/import", text.getvalue())))
    assert wizard.counted(page) == (0, len(mine), 0, 0, 0)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PurchaseLine)) == len(mine)
