"""What the server refuses to start with, that it starts, and what the checks of an installation find."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from core import changes, demonstration, serving
from core.config import BadConfiguration, Config, load
from core.db import db
from core.settings import SettingValue
from tests.company import a_customer
from tests.pages import Client

ROOT = Path(__file__).resolve().parents[2]
STRONG = "kT9-vQ2mZ7xL4nB8wR5cY1hJ6dF3gS0pA"


def configuration(folder: Path, **environment: str) -> Config:
    return load({"HUIFANG_DATA": str(folder), **environment})


# --- what it refuses


@pytest.mark.parametrize("secret", ["short", "a" * 40, "changeme" * 5])
def test_a_weak_secret_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(BadConfiguration):
        configuration(tmp_path, HUIFANG_SECRET_KEY=secret).secret_key()
    (tmp_path / "secret-key").write_text(secret)
    with pytest.raises(BadConfiguration):
        configuration(tmp_path).secret_key()


def test_a_secret_is_made_and_kept_by_itself(tmp_path: Path) -> None:
    made = configuration(tmp_path).secret_key()
    assert configuration(tmp_path).secret_key() == made
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_secret_may_stand_in_the_configuration_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "huifang.conf"
    file.write_text(f"# ours\nHUIFANG_SECRET_KEY = {STRONG}\nHUIFANG_DATA = {tmp_path / 'data'}\n")
    monkeypatch.setenv("HUIFANG_CONFIG", str(file))
    assert load({}).secret_key() == STRONG
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_folder_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert any("chmod 700" in fault for fault in faults(tmp_path))
    tmp_path.chmod(0o700)
    assert faults(tmp_path) == []


def faults(
    folder: Path, *, debug: bool = False, demonstration: bool = False, **environment: str
) -> list[str]:
    return serving.faults(configuration(folder, **environment), debug=debug, demonstration=demonstration)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::"])
@pytest.mark.parametrize(
    ("environment", "starts"),
    [
        ({}, False),
        ({"HUIFANG_TLS_CERT": "cert.pem"}, True),
        ({"HUIFANG_TRUSTED_PROXY": "1"}, True),
        ({"HUIFANG_INSECURE_HTTP": "1"}, True),
        ({"HUIFANG_INSECURE_HTTP": "yes"}, False),
    ],
)
def test_off_this_machine_it_wants_encryption_or_an_explicit_no(
    tmp_path: Path, host: str, environment: dict[str, str], starts: bool
) -> None:
    tmp_path.chmod(0o700)
    found = faults(tmp_path, HUIFANG_HOST=host, **environment)
    assert any("in clear" in fault for fault in found) is not starts


def test_debug_mode_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert len(faults(tmp_path, debug=True)) == 1


def test_the_demonstration_stays_on_this_machine(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert faults(tmp_path, demonstration=True) == []
    assert faults(tmp_path, demonstration=True, HUIFANG_HOST="0.0.0.0", HUIFANG_INSECURE_HTTP="1")
    assert faults(tmp_path, demonstration=True, HUIFANG_TRUSTED_PROXY="1"), "a proxy brings in others"


def test_behind_a_proxy_the_door_lists_no_sign_ins(tmp_path: Path, sqlite_template: Path) -> None:
    from app import create_app

    shutil.copy(sqlite_template, tmp_path / "huifang.db")
    (tmp_path / "demo-password").write_text("listed at the door")
    for proxies, listed in (("0", True), ("1", False)):
        app = create_app(configuration(tmp_path, HUIFANG_TRUSTED_PROXY=proxies))
        with app.app_context():
            if listed:
                changes.record("company.installed")
                db.session.add(SettingValue(name="company.demonstration", value={"value": True}))
                db.session.commit()
            assert (demonstration.sign_ins() is not None) is listed
            db.engine.dispose()


@pytest.mark.parametrize(
    ("host", "address"),
    [("::1", "http://[::1]:8000"), ("::", "http://[::]:8000"), ("10.0.0.7", "http://10.0.0.7:8000")],
)
def test_an_address_of_the_newer_kind_is_written_in_brackets(tmp_path: Path, host: str, address: str) -> None:
    config = configuration(tmp_path, HUIFANG_HOST=host)
    assert config.base_url == address
    assert serving.options(config, 1)["bind"] == address.removeprefix("http://")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 81"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(BadConfiguration):
        configuration(tmp_path, HUIFANG_PORT=port)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUIFANG_TRUSTED_PROXY", "yes"),
        ("HUIFANG_TRUSTED_PROXY", "-1"),
        ("HUIFANG_TRUSTED_PROXY", "²"),
        ("HUIFANG_TRUSTED_PROXY", "1000000"),
        ("HUIFANG_PORT", "²"),
        ("HUIFANG_DATABASE_URL", "nonsense"),
        ("HUIFANG_DATABASE_URL", "postgresql://host:port/name"),
        ("HUIFANG_DATABASE_URL", "mysql://x"),
        ("HUIFANG_DATABASE_URL", "sqlite+nothing:///x.db"),
        ("HUIFANG_DATABASE_URL", "sqlite:////nowhere/at/all/x.db"),
        ("HUIFANG_BASE_URL", "crm.example.com"),
        ("HUIFANG_BASE_URL", "ftp://crm.example.com"),
        ("HUIFANG_BASE_URL", "https://"),
        ("HUIFANG_BASE_URL", "https://crm.example.com/huifang"),
        ("HUIFANG_BASE_URL", "https://crm.example.com?x=1"),
        ("HUIFANG_BASE_URL", "https://boss:secret@crm.example.com"),
        ("HUIFANG_BASE_URL", "https://crm.example.com:0"),
        ("HUIFANG_BASE_URL", "https://crm.example.com:70000"),
        ("HUIFANG_BASE_URL", "https://crm example.com"),
        ("HUIFANG_BASE_URL", "https://crm.example.com\nx"),
        ("HUIFANG_BASE_URL", "https://[::1"),
        ("HUIFANG_DATA", "/proc/x"),
        ("HUIFANG_DATA", "/dev/null"),
    ],
)
def test_a_setting_that_is_none_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadConfiguration, match=name):
        configuration(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://crm.example.com/", "https://crm.example.com"),
        ("http://10.0.0.5:8080", "http://10.0.0.5:8080"),
        ("http://[fd00::5]:8080", "http://[fd00::5]:8080"),
        ("https://客户.公司.cn", "https://客户.公司.cn"),
        ("", "http://127.0.0.1:8000"),
    ],
)
def test_where_people_reach_it_is_taken_as_written(tmp_path: Path, given: str, base: str) -> None:
    assert configuration(tmp_path, HUIFANG_BASE_URL=given).base_url == base


@pytest.mark.parametrize("name", ["HUIFANG_DATABASE_URL", "HUIFANG_BASE_URL"])
def test_a_password_in_an_address_is_never_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        configuration(tmp_path, **{name: "mysql://boss:Zebra77@host/name"})
    assert "Zebra77" not in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00nonsense"])
def test_a_configuration_file_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "huifang.conf"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("HUIFANG_CONFIG", str(file))
    with pytest.raises(BadConfiguration, match="HUIFANG_CONFIG"):
        load({"HUIFANG_DATA": str(tmp_path)})


@pytest.mark.parametrize(
    ("address", "understood"),
    [
        ("postgres://host/name", "postgresql+psycopg://host/name"),
        ("postgresql://boss:a%40b@host/name?sslmode=require", "postgresql+psycopg://boss:a%40b@host/name?sslmode=require"),
        ("sqlite://", "sqlite://"),
    ],
)  # fmt: skip
def test_an_address_of_a_database_is_understood(tmp_path: Path, address: str, understood: str) -> None:
    assert configuration(tmp_path, HUIFANG_DATABASE_URL=address).database_url == understood


def test_a_certificate_that_is_missing_or_none_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    (missing,) = faults(tmp_path, HUIFANG_TLS_CERT="/nope.pem", HUIFANG_TLS_KEY=str(text))
    assert "HUIFANG_TLS_CERT names /nope.pem" in missing
    (missing,) = faults(tmp_path, HUIFANG_TLS_CERT=str(text), HUIFANG_TLS_KEY="/nope.pem")
    assert "HUIFANG_TLS_KEY names /nope.pem" in missing
    (none,) = faults(tmp_path, HUIFANG_TLS_CERT=str(text))
    assert "HUIFANG_TLS_CERT" in none and "HUIFANG_TLS_KEY" in none
    (alone,) = faults(tmp_path, HUIFANG_TLS_KEY=str(text))
    assert "HUIFANG_TLS_CERT" in alone


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_certificate_with_its_key_is_taken(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-out",
        cert,
        "-keyout",
        key,
    ]
    subprocess.run(made, check=True, capture_output=True)
    assert faults(tmp_path, HUIFANG_HOST="0.0.0.0", HUIFANG_TLS_CERT=cert, HUIFANG_TLS_KEY=key) == []
    assert len(faults(tmp_path, HUIFANG_TLS_CERT=cert)) == 1, "the key is not in the certificate's file"


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("127.0.0.1", "is in use. Choose another: make run HUIFANG_PORT=9000"),
        ("192.0.2.1", "HUIFANG_HOST"),
        ("no such name", "HUIFANG_HOST"),
    ],
)
def test_an_address_where_nothing_can_listen_is_refused(tmp_path: Path, host: str, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        config = configuration(tmp_path, HUIFANG_HOST=host, HUIFANG_PORT=str(other.getsockname()[1]))
        assert sentence in (serving.deaf(config) or "")
    assert serving.deaf(configuration(tmp_path, HUIFANG_PORT=str(config.port))) is None


def test_an_unencrypted_way_shows_a_banner(tmp_path: Path, sqlite_template: Path) -> None:
    from app import create_app

    shutil.copy(sqlite_template, tmp_path / "huifang.db")
    for insecure, proxies, banners in (("1", "0", 1), ("", "0", 0), ("1", "1", 0)):
        app = create_app(
            configuration(tmp_path, HUIFANG_INSECURE_HTTP=insecure, HUIFANG_TRUSTED_PROXY=proxies)
        )
        app.config["SESSION_COOKIE_SECURE"] = False  # the client of the tests speaks no TLS
        door, page = Client(app).get("/sign-in"), Client(app).signed_in_as("sales1a").get("/me")
        assert len(door.soup.select(".banner-danger")) == banners, "at the door the password is typed"
        assert len(page.soup.select(".banner-danger")) == banners
        with app.app_context():
            db.engine.dispose()


# --- that it starts


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path) -> dict[str, str]:
    """The environment of an installation in a folder of its own, on a free port."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(sqlite_template, data / "huifang.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUIFANG_", "FLASK_"))}
    return {**kept, "HUIFANG_DATA": str(data), "HUIFANG_PORT": str(port)}


def flask(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **options
    )


def test_it_serves_until_it_is_told_to_stop(installation: dict[str, str]) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "serve", "--workers", "1"], cwd=ROOT, env=installation,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{installation['HUIFANG_PORT']}"
        assert answer(f"{address}/health") == (200, "ok\n")
        # No proxy is configured: what a sender says of itself counts for nothing.
        forged = {
            "SCRIPT_NAME": "/forged",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "forged.example",
        }
        status, page = answer(Request(f"{address}/sign-in", headers=forged))
        assert status == 200 and "forged" not in page
        server.send_signal(signal.SIGTERM)
        said, _errors = server.communicate(timeout=40)
    finally:
        server.kill()
    assert server.returncode == 0
    assert f"http://127.0.0.1:{installation['HUIFANG_PORT']}" in said and "password:" not in said


def answer(address: str | Request) -> tuple[int, str]:
    """The answer of a server that may still be starting."""
    for _attempt in range(150):
        try:
            with urlopen(address, timeout=5) as response:
                return response.status, response.read().decode()
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"HUIFANG_HOST": "0.0.0.0"}, "HUIFANG_TLS_CERT"),
        ({"HUIFANG_SECRET_KEY": "short"}, "HUIFANG_SECRET_KEY"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"HUIFANG_PORT": "http"}, "HUIFANG_PORT"),
        ({"HUIFANG_TRUSTED_PROXY": "yes"}, "HUIFANG_TRUSTED_PROXY"),
        ({"HUIFANG_BASE_URL": "crm.example.com"}, "HUIFANG_BASE_URL"),
        ({"HUIFANG_CONFIG": "/nonexistent"}, "HUIFANG_CONFIG"),
        ({"HUIFANG_TLS_CERT": "/nope.pem"}, "HUIFANG_TLS_CERT"),
    ],
)
def test_a_refusal_is_one_plain_sentence(
    installation: dict[str, str], changed: dict[str, str], sentence: str
) -> None:
    done = flask("serve", env={**installation, **changed})
    assert done.returncode == 1 and sentence in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_damaged_column_key_is_told_in_one_line(installation: dict[str, str], command: str) -> None:
    key = Path(installation["HUIFANG_DATA"]) / "column-key"
    key.write_text("damaged")
    done = flask(command, env=installation)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"Error: The column key {key} ") and "flask restore" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("worker",),
        ("backup", "x"),
        ("db", "upgrade"),
        ("demo",),
        ("users", "reset-second-factor", "boss"),
    ],
)
def test_a_database_server_that_is_away_is_told_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Without the password."""
    from app import create_app

    tmp_path.chmod(0o700)
    url = "postgresql://u:zqjx-secret@127.0.0.1:1/x?application_name=a"
    app = create_app(configuration(tmp_path, HUIFANG_DATABASE_URL=url))
    result = app.test_cli_runner().invoke(args=list(command))
    assert result.exit_code == 1, result.output
    [line] = result.output.splitlines()
    assert line.startswith("Error: The database postgresql") and "u:***@127.0.0.1:1/x does not answer" in line
    assert "zqjx-secret" not in line


def test_a_port_in_use_is_told_before_it_starts(installation: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(installation["HUIFANG_PORT"]))):
        done = flask("serve", env=installation)
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: Port {installation['HUIFANG_PORT']} is in use. Choose another: make run HUIFANG_PORT=9000\n"
    )


# --- the checks


def doctor(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["doctor", *arguments])


def bad(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("BAD")]


@pytest.fixture
def private(app: Flask) -> Iterator[Flask]:
    """An application whose data folder nobody else can read."""
    config: Config = app.extensions["huifang"]
    config.data.chmod(0o700)
    yield app


@pytest.mark.both_databases
def test_a_sound_installation_has_nothing_to_mend(private: Flask) -> None:
    with private.app_context():
        a_customer("华兴科技有限公司", phone="13900000007", tags=["VIP"])
    result = doctor(private)
    assert (result.exit_code, bad(result)) == (0, []), result.output
    assert all(re.match(r"(ok  |BAD ) \S", line) for line in result.output.splitlines())


@pytest.mark.both_databases
def test_wrong_derived_columns_are_found_and_mended(private: Flask) -> None:
    with private.app_context():
        id = a_customer("华兴科技有限公司").id
        a_customer("瑞丰贸易")
        for statement in (
            f"UPDATE customers SET name_key = 'zzz', next_contact_on = '2020-01-01' WHERE id = {id}",
            "UPDATE customer_search SET terms = ''",
        ):
            db.session.execute(text(statement))
        db.session.commit()
    found = doctor(private)
    assert found.exit_code == 1 and len(bad(found)) == 1
    assert doctor(private).exit_code == 1, "looking mends nothing"
    mended = doctor(private, "--repair")
    assert mended.exit_code == 0 and "(mended)" in mended.output
    assert doctor(private).exit_code == 0


@pytest.mark.both_databases
def test_a_database_of_another_version_is_found(private: Flask) -> None:
    with private.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    try:
        result = doctor(private)
        assert result.exit_code == 1 and "flask db upgrade" in result.output
        assert private.test_client().get("/health").status_code == 503
    finally:
        with private.app_context():
            from core import schema

            db.session.execute(text(f"UPDATE alembic_version SET version_num = '{schema.expected()}'"))
            db.session.commit()


@pytest.mark.both_databases
@pytest.mark.parametrize("command", ["serve", "worker", "doctor"])
def test_a_database_of_a_newer_version_is_told_with_what_to_do(private: Flask, command: str) -> None:
    from core import schema

    of_version(private, "9999")
    try:
        result = private.test_cli_runner().invoke(args=[command])
        assert result.exit_code == 1
        [line] = [line for line in result.output.splitlines() if "version" in line]
        assert "of a newer version" in line and "restore a backup" in line and "upgrade" not in line
        assert "newer" in private.test_client().get("/health").text
    finally:
        of_version(private, str(schema.expected()))


def of_version(app: Flask, revision: str) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        db.session.commit()


def test_rows_that_point_nowhere_are_found(private: Flask) -> None:
    with private.app_context():
        id = a_customer(tags=["VIP"]).id
        connection = db.session.connection()
        db.session.rollback()
        connection = db.engine.raw_connection()
        connection.cursor().execute("PRAGMA foreign_keys=OFF")
        connection.cursor().execute(f"UPDATE customer_tags SET tag_id = 999 WHERE customer_id = {id}")
        connection.commit()
        connection.cursor().execute("PRAGMA foreign_keys=ON")
        connection.close()
    assert "rows that point nowhere: 1" in doctor(private).output


def test_an_open_folder_and_an_open_key_are_found(private: Flask) -> None:
    config: Config = private.extensions["huifang"]
    config.data.chmod(0o755)
    (config.data / "secret-key").chmod(0o644)
    assert len(bad(doctor(private))) == 2
    config.data.chmod(0o700)


def test_a_setting_that_cannot_be_used_is_found(private: Flask) -> None:
    with private.app_context():
        changes.record("settings.changed")
        db.session.add(SettingValue(name="company.zone", value={"value": "Asia/Tokyo"}))
        db.session.add(SettingValue(name="nothing.known", value={"value": 1}))
        db.session.commit()
        lost = text("UPDATE setting_values SET value = :value WHERE name = 'company.zone'")
        db.session.execute(lost, {"value": '{"value": "Mars/Olympus"}'})
        db.session.commit()
    assert "company.zone, nothing.known" in bad(doctor(private))[0]


def test_a_database_out_of_reach_is_told(tmp_path: Path) -> None:
    from app import create_app

    tmp_path.chmod(0o700)
    (tmp_path / "huifang.db").write_text("this is no database, only some text that lies in its place")
    app = create_app(configuration(tmp_path))
    result = doctor(app)
    assert result.exit_code == 1 and "the database cannot be used" in result.output
    assert app.test_client().get("/health").status_code == 503


def test_a_sound_server_says_so(private: Flask) -> None:
    answered = private.test_client().get("/health")
    assert (answered.status_code, answered.text) == (200, "ok\n")
