"""One person's browser, asking the application what the oracle is asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask.testing import FlaskClient

from tests.oracle import beside
from tests.oracle.drawing import Company
from tests.oracle.founding import Founded
from tests.oracle.oracle import LET_IN, NOT_FOUND, REFUSED

# Whoever is told what stands there now, because the form is an old one, has been let in
ANSWERS = {200: LET_IN, 303: LET_IN, 409: LET_IN, 403: REFUSED, 404: NOT_FOUND}
EDIT, POINTS = "customers:edit", "customers:edit-points"
# Method, address, the right it is about, the rights of which one opens the door (that right, if none is named)
ROUTES: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("GET", "", "customers:see", ()),
    ("GET", "/history", "customers:see", ()),
    ("GET", "/interactions", "customers:see", ()),
    ("GET", "/relations", "customers:see", ()),
    ("GET", "/family", "customers:see", ()),
    ("GET", "/relations/new", EDIT, ()),
    ("GET", "/edit", EDIT, ()),
    ("POST", "", EDIT, ()),
    ("GET", "/owner", "customers:assign", ("customers:see",)),
    ("POST", "/owner", "customers:assign", ("customers:see",)),
    ("GET", "/helpers", EDIT, ()),
    ("POST", "/helpers", EDIT, ()),
    ("GET", "/people/new", POINTS, (EDIT, POINTS)),
    ("POST", "/people", POINTS, (EDIT, POINTS)),
    ("GET", "/points/new", POINTS, (EDIT, POINTS)),
    ("POST", "/points", POINTS, (EDIT, POINTS)),
    ("GET", "/points/{point}/edit", POINTS, (EDIT, POINTS)),
    ("POST", "/points/{point}", POINTS, (EDIT, POINTS)),
    ("POST", "/points/{point}/deletion", POINTS, (EDIT, POINTS)),
    ("GET", "/points/{point}/reveal", "customers:reveal", ()),
    ("POST", "/points/{point}/reveal", "customers:reveal", ()),
    ("GET", "/deletion", "customers:bin", ()),
    ("GET", "/interactions/new", "interactions:log", ()),
    ("GET", "/interactions/proposal", "interactions:log", ()),
    ("POST", "/interactions", "interactions:log", ()),
    ("GET", "/planned-contacts/new", "interactions:log", ()),
    ("POST", "/planned-contacts", "interactions:log", ()),
    ("GET", "/notes/customer/{file}/new", "office:notes", ()),
    ("GET", "/notes/customer/{file}/colleagues", "office:notes", ()),
    ("POST", "/notes/customer/{file}", "office:notes", ()),
]


class Asking:
    """What the application answers to one person."""

    def __init__(
        self, http: FlaskClient, token: str, company: Company, founded: Founded, chosen: Callable[[], bool]
    ) -> None:
        self.http, self.company, self.founded = http, company, founded
        self.token, self.chosen = token, chosen
        self.word_of = {file.word: number for number, file in enumerate(company.files)}

    def whether(self, _question: Any) -> bool:
        """Whether a question is among those that are asked this time."""
        return self.chosen()

    def meets(self, method: str, address: str, file: int, body: dict[str, Any]) -> tuple[str, str]:
        """How a request about a file ends, and what it says."""
        id = self.founded.files[file]
        path = address.format(point=self.founded.points[file], file=id, **self.founded.beside[file])
        path = path if address.startswith(beside.ELSEWHERE) else f"/customers/{id}{path}"
        kind = {"kind": "phone"} if "/points" in address else {}
        fields = {"csrf_token": self.token, **body, **kind} if method == "POST" else None
        answer = self.http.open(path, method=method, data=fields)
        return ANSWERS.get(answer.status_code, str(answer.status_code)), answer.get_data(as_text=True)

    def body(self, file: int, receiver: str) -> dict[str, Any]:
        """Fields that suit every one of the forms."""
        return {
            "name": "新", "kind": "company", "relationship_kind": "customer", "tier": "a", "intent": "none",
            "status": "lead", "version": "1", "owner": receiver, "reason": "x", "readers": "", "writers": "",
            "value": f"1380000{file:04}", "channel": "phone", "outcome": "reached", "summary": "x", "text": "x",
            "on_day": "2026-11-25", "next_on": "2026-11-25",
        }  # fmt: skip

    def listed(self, query: str = "") -> tuple[set[int], str]:
        """The files on all pages of the list, and the number that its first page tells."""
        found: set[int] = set()
        path, told = f"/customers?{query}", ""
        for _page in range(len(self.company.files) + 2):
            answer = self.http.get(path)
            assert answer.status_code == 200, path
            text = answer.get_data(as_text=True)
            told = told or re.search(r'page-sub">[^<]*?(\d[\d,]*\+?)', text)[1]  # type: ignore[index]
            rows = re.search(r'<section id="list".*?</section>', text, re.DOTALL)
            shown = re.sub(r"<(header|form|nav)\b.*?</\1>", "", rows[0] if rows else "", flags=re.DOTALL)
            echo = r'<ul class="chips".*?</ul>|\b(?:href|hx-get|value)="[^"]*"'  # repeats what is asked
            found |= self.named(re.sub(echo, "", shown, flags=re.DOTALL))
            following = re.search(r'href="(/customers[?][^"]*\bafter=[^"]*)"', text)
            if not following:
                return found, told
            path = following[1].replace("&amp;", "&")
        raise AssertionError("the list never ends")

    def named(self, text: str) -> set[int]:
        """The files whose words a text holds."""
        return {number for word, number in self.word_of.items() if word in text}

    def searched(self, q: str) -> set[int]:
        """The files that a search finds."""
        text = self.http.get("/search", query_string={"q": q}).get_data(as_text=True)
        results = re.search(r'id="search-results".*?</section>|id="search-results".*', text, re.DOTALL)
        addresses = set(re.findall(r"/customers/(\d+)", results[0] if results else ""))
        return {n for n, id in enumerate(self.founded.files) if str(id) in addresses}

    def said(self, q: str) -> set[int]:
        """The files of which a search finds what was said."""
        text = self.http.get("/search/texts", query_string={"q": q}).get_data(as_text=True)
        addresses = set(re.findall(r"/customers/(\d+)/interactions\?after=", text))
        return {n for n, id in enumerate(self.founded.files) if str(id) in addresses}

    def exported(self) -> tuple[int, dict[int, str]]:
        """The status of an export, and file → its phone as the export gives it."""
        answer = self.http.post("/customers/export", data={"csrf_token": self.token})
        if answer.mimetype != "text/csv":
            return answer.status_code, {}
        *rows, _mark = csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
        return answer.status_code, {
            self.word_of[row["名称"]]: row["客户自有手机"] or row["客户自有座机"] for row in rows
        }

    def merging(self, files: Iterable[int]) -> tuple[str, str]:
        """How asking for the page that merges several files ends, and what it says."""
        answer = self.http.get(
            "/customers/merge", query_string={"id": [self.founded.files[n] for n in files]}
        )
        return ANSWERS.get(answer.status_code, str(answer.status_code)), answer.get_data(as_text=True)

    def says(self, method: str, path: str, fields: dict[str, Any] | None = None) -> str:
        """What an answer says, whatever it is; what was sent is not in it."""
        sent = {"csrf_token": self.token, **(fields or {})} if method == "POST" else None
        return str(self.http.open(path, method=method, data=sent).get_data(as_text=True))

    def changed_together(self, files: Iterable[int]) -> str:
        """How a change of several files at once ends."""
        ids = [self.founded.files[file] for file in files]
        fields = {"csrf_token": self.token, "act": "tier", "tier": "c", "id": ids}
        status = self.http.post("/customers/bulk", data=fields).status_code
        return ANSWERS.get(status, str(status))

    def page(self, path: str) -> set[int]:
        """The files that a page names."""
        answer = self.http.get(path)
        return self.named(answer.get_data(as_text=True)) if answer.status_code == 200 else set()
