"""The wizard of imports, step by step, as a person goes through it."""

from __future__ import annotations

import io

from tests.pages import Client, Page


def led(client: Client, page: Page) -> Page:
    """Where an answer leads."""
    return client.get(page.response.location.partition("#")[0]) if page.response.location else page


def sent(client: Client, at: str, data: str | bytes, name: str = "list.csv", encoding: str = "") -> Page:
    """A file, read: the page on which its columns are matched."""
    form = {
        "encoding": encoding,
        "file": (io.BytesIO(data.encode() if isinstance(data, str) else data), name),
    }
    return led(client, client.post(at, form, content_type="multipart/form-data"))


def tried(client: Client, page: Page, **more: str) -> Page:
    """The same after the dry run, with the columns as they are recognised, but for `more`."""
    form = page.one('form[action$="/columns"]')
    fields = {}
    for one in form.select("select"):
        chosen = one.select_one("option[selected]")
        fields[str(one["name"])] = str(chosen["value"]) if chosen else ""
    return led(client, client.post(str(form["action"]), {**fields, **more}))


def run(client: Client, page: Page) -> Page:
    """The import, carried out."""
    return led(client, client.post(str(page.one('form[action$="/run"]')["action"]), {}))


def counted(page: Page) -> tuple[int, ...]:
    """New, updated, unchanged, with a warning, refused."""
    facts = [fact.get_text(strip=True) for fact in page.soup.select(".facts dd")]
    return tuple(int(fact.replace(",", "")) for fact in facts[:5])
