"""Requests that nobody sends by accident: refused or ignored, quickly, and never answered by a fault."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.headers import SECURITY_HEADERS
from core.rights import signed_in as signed_in_only
from tests.addresses import reading, writing
from tests.company import PASSWORD
from tests.pages import Client
from tests.security.world import a_full_customer, pages

VALUES = (
    "name desc, (case when 1=1 then 1 else 2 end)", "'; DROP TABLE customers; --", "%", "_", "*", '"', "'",
    "\\", "a AND", "NEAR(", "NOT", 'a" OR "b', "name:x", "^a", "(((((", "-", "--name", "\x00", "\x1b[31m",
    "\U0001f600", "9" * 400, "-1", "1e308", "NaN", "WzEsIDFd", "W10", "e30", "bm90IGpzb24", "null",
    "WyJ4IiwgMTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBd", "[]", "../../etc/passwd", "//evil.test", "2026-13-45",
)  # fmt: skip
NAMES = (
    "q", "sort", "after", "owner", "team", "tag", "tier", "status", "kind", "intent", "name", "day", "month",
    "page", "limit", "from", "until", "user", "verb", "action", "right", "id", "customer", "back", "next",
    "language",
)  # fmt: skip
LONG = ("x" * 10_000, "汉" * 3_000, "1 " * 5_000, "13800112233" * 500)
MOST_SECONDS = 2.0  # of work: the machine may have other things to do


def faults_of(http: FlaskClient, path: str, query: dict[str, str]) -> list[str]:
    began = time.process_time()
    status = http.get(path, query_string=query).status_code
    took = time.process_time() - began
    shown = {name: value[:20] for name, value in query.items()}
    return [f"{path} {shown} …: {status} in {took:.1f} s"] if status >= 500 or took > MOST_SECONDS else []


@pytest.mark.both_databases
def test_no_query_is_answered_by_a_fault(app: Flask, signed_in: Callable[[str], Client]) -> None:
    """Every value stands for some names in one of the queries; all of them by the long test below."""
    http = signed_in("manager").http
    paths = [rule.rule for rule in reading(app) if not rule.arguments]
    values = [VALUES[start:] + VALUES[:start] for start in range(0, len(VALUES), 4)]
    queries = [dict(zip(NAMES, rotated, strict=False)) for rotated in values]
    queries += [{"q": value, "after": value} for value in LONG]
    faults = [fault for path in paths for query in queries for fault in faults_of(http, path, query)]
    assert not faults, "\n".join(faults)


@pytest.mark.extra
@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["manager", "admin"])
def test_no_query_of_any_page_is_answered_by_a_fault(
    app: Flask, signed_in: Callable[[str], Client], name: str
) -> None:
    """As above, with all turns of the values and on pages with arguments too."""
    with app.app_context():
        sample = a_full_customer(lambda column: "某某")
    http = signed_in(name).http
    queries = [dict(zip(NAMES, VALUES[turn:] + VALUES[:turn], strict=False)) for turn in range(len(VALUES))]
    faults = [
        fault
        for _rule, path in pages(app, sample)
        for query in queries
        for fault in faults_of(http, path, query)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.extra
@pytest.mark.both_databases
@pytest.mark.parametrize("path", ["/customers", "/search", "/admin/users", "/admin/audit"])
def test_no_single_argument_of_a_list_is_answered_by_a_fault(
    signed_in: Callable[[str], Client], path: str
) -> None:
    """One by one, so that no refused argument hides what another would have done."""
    http = signed_in("admin" if path.startswith("/admin") else "manager").http
    faults = [fault for name in NAMES for value in VALUES for fault in faults_of(http, path, {name: value})]
    assert not faults, "\n".join(faults)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["q", "owner", "team", "tag", "after", "\x00"])
def test_the_character_nul_is_refused(signed_in: Callable[[str], Client], name: str) -> None:
    person = signed_in("manager")
    assert person.http.get("/customers", query_string={name: "a\x00b"}).status_code == 400
    assert person.post("/customers", {name: "a\x00b"}).status == 400


@pytest.mark.parametrize("path", ["/sign-in", "/customers", "/me"])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_hundred_thousand_parts_are_refused_quickly(
    signed_in: Callable[[str], Client], path: str, content_type: str
) -> None:
    person = signed_in("manager")
    if content_type.startswith("multipart"):
        part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
        body, content_type = part * 100_000 + b"--b--\r\n", "multipart/form-data; boundary=b"
    else:
        body = b"a=x&" * 100_000
    began = time.process_time()
    answer = person.http.post(path, data=body, content_type=content_type)
    assert answer.status_code in {400, 413}
    assert time.process_time() - began < MOST_SECONDS
    exact(answer)


def test_a_body_beyond_the_limit_is_refused(app: Flask, signed_in: Callable[[str], Client]) -> None:
    person = signed_in("manager")
    most = app.config["MAX_CONTENT_LENGTH"]
    answer = person.http.post(
        "/customers", data=b"a" * (most + 1), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    exact(answer)


def exact(answer: TestResponse) -> None:
    """Every answer carries the one table of headers."""
    for name, value in SECURITY_HEADERS:
        assert answer.headers.getlist(name) == [value], name


@pytest.mark.parametrize(
    "path", ["/nowhere", "/customers/999999", "/static/none.css", "/static/", "/\x00", "/%ff"]
)
def test_errors_carry_the_exact_headers(signed_in: Callable[[str], Client], path: str) -> None:
    answer = signed_in("manager").http.get(path)
    assert answer.status_code in {400, 404}
    exact(answer)
    assert answer.headers.getlist("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_other_methods_are_refused(signed_in: Callable[[str], Client], method: str) -> None:
    answer = signed_in("manager").http.open("/search", method=method)
    assert answer.status_code in {400, 405}
    exact(answer)


def test_every_address_refuses_the_methods_that_it_does_not_name(
    app: Flask, signed_in: Callable[[str], Client]
) -> None:
    with app.app_context():
        sample = a_full_customer(lambda column: "某某")
    person = signed_in("manager")
    token, known, faults = person.token(), app.url_map.bind("localhost"), list[str]()
    for path in sorted({sample.path(rule.rule) for rule in (*reading(app), *writing(app))}):
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(known.allowed_methods(path)):
            answer = person.http.open(path, method=method, data={"csrf_token": token, "_method": "POST"})
            if answer.status_code not in {404, 405}:
                faults.append(f"{method} {path}: {answer.status_code}")
    assert not faults, "\n".join(faults)


def test_a_fault_of_ours_shows_no_trace(
    app: Flask, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "zqjx-secret"

    @signed_in_only("a test")
    def broken(**_values: object) -> str:
        raise RuntimeError(secret)

    monkeypatch.setitem(app.view_functions, "me.show", broken)
    answer = signed_in("manager").http.get("/me")
    assert answer.status_code == 500
    assert secret not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)
    exact(answer)


OUTSIDE = (
    "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/..\\app.py",
    "/static//etc/passwd", "/static/../../etc/passwd", "/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/static/manifest.json/../../css/base.css", "/static/..;/app.py", "/static/\x00", "/static/css/base.css",
    "/static/icons.txt",
)  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_static_files_come_from_their_folder_only(client: Client, path: str) -> None:
    for given in (path, path.replace("%2e", ".").replace("%2f", "/")):
        answer = client.http.get("/", environ_overrides={"PATH_INFO": given, "RAW_URI": given})
        assert answer.status_code in {301, 303, 400, 404}, given
        exact(answer)


def test_static_files_carry_the_exact_headers(app: Flask, client: Client) -> None:
    with app.app_context():
        address = app.jinja_env.globals["asset"]("base.css")  # type: ignore[operator]
    for encoding in ("identity", "gzip", "br"):
        answer = client.http.get(address, headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        exact(answer)
        assert answer.headers.getlist("Cache-Control") == ["max-age=315360000, public, immutable"]


ELSEWHERE = (
    "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/\tevil.test",
    "\n//evil.test", "/%09/evil.test",
)  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_answer_leads_to_another_site(
    client: Client, signed_in: Callable[[str], Client], target: str
) -> None:
    fields = {"username": "manager", "password": PASSWORD, "next": target}
    answers = [client.post("/sign-in", fields)]
    person = signed_in("manager")
    answers += [
        person.post(path, {"language": "en", "back": target}) for path in ("/me/language", "/language")
    ]
    for answer in answers:
        place = answer.response.headers.get("Location", "/")
        assert place.startswith("/") and not place.startswith(("//", "/\\", "/\t")), place


def test_the_host_header_is_not_believed(app: Flask, signed_in: Callable[[str], Client]) -> None:
    with app.app_context():
        sample = a_full_customer(lambda column: "某某")
    person = signed_in("manager")
    for _rule, path in pages(app, sample):
        answer = person.http.get(path, headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test"})
        assert "evil.test" not in answer.get_data(as_text=True) + answer.headers.get("Location", ""), path


def test_every_reading_rule_is_asked(app: Flask) -> None:
    """The generic tests go through the map of addresses: it has to hold the main pages."""
    rules = {rule.rule for rule in reading(app)}
    assert {"/", "/customers", "/customers/<int:id>", "/search", "/lookup", "/me", "/admin/users"} <= rules
