"""Settings: every bad variable is named, all at once, and none is quietly ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach_api.settings import Settings, SettingsError


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environment)
    return caught.value.faults


def test_without_variables_everything_has_a_default() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})
    assert settings.database == "sqlite:///.outreach/outreach.db"
    assert settings.master_key_file == Path(".outreach/keys/master.key")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("OUTREACH_HOME", ""),
        ("OUTREACH_HOME", "a\0b"),
        ("OUTREACH_KEY_FILE", ""),
        ("OUTREACH_DATABASE_URL", ""),
        ("OUTREACH_DATABASE_URL", "mysql://host/name"),
        ("OUTREACH_DATABASE_URL", "sqlite:///"),
        ("OUTREACH_DATABASE_URL", "sqlite:///:memory:"),
        ("OUTREACH_DATABASE_URL", "postgresql://user@host"),
        ("OUTREACH_DATABASE_URL", "postgresql://user@host:port/name"),
        ("OUTREACH_HOST", ""),
        ("OUTREACH_PORT", "0"),
        ("OUTREACH_PORT", "65536"),
        ("OUTREACH_PORT", "８０００"),
        ("OUTREACH_PORT", "-1"),
        ("OUTREACH_PORT", "8e3"),
        ("OUTREACH_THREADS", "9" * 5_000),
        ("OUTREACH_TAX_ROUNDING", "down"),
        ("OUTREACH_CATCHMENT_M", "nan"),
        ("OUTREACH_CATCHMENT_M", "inf"),
        ("OUTREACH_TRAVEL_KMH", "fast"),
        ("OUTREACH_SILENT_SECONDS", "1"),
        ("OUTREACH_ORGANISATION", "two\nlines"),
        ("OUTREACH_SMTP_URL", "mail.example.org"),
        ("OUTREACH_SMTP_URL", "http://mail.example.org"),
        ("OUTREACH_SMTP_URL", "smtp://mail.example.org:port"),
        ("OUTREACH_SMTP_URL", "smtp://user:pass/word@mail.example.org"),
        ("OUTREACH_SMTP_URL", "smtp+plain://mail.example.org"),
        ("OUTREACH_MAIL_SENDER", "somebody"),
        ("OUTREACH_MAIL_SENDER", "a@example.org\nBcc: b@example.org"),
        ("OUTREACH_PUBLIC_URL", "api.example.org"),
        ("OUTREACH_PUBLIC_URL", "https://user:word@example.org"),
        ("OUTREACH_ALERT_MINUTES", "0"),
    ],
)
def test_a_bad_value_is_refused_and_named(name: str, text: str) -> None:
    (fault,) = faults({name: text})
    assert fault.startswith(f"{name}: ")
    assert len(fault) < 300


def test_every_bad_variable_is_named_at_once() -> None:
    found = faults({"OUTREACH_PORT": "x", "OUTREACH_NOTE_TEXT_DAYS": "0", "OUTREACH_PROT": "8000"})
    assert [fault.partition(":")[0] for fault in found] == [
        "OUTREACH_PORT",
        "OUTREACH_NOTE_TEXT_DAYS",
        "OUTREACH_PROT",
    ]


def test_an_unknown_variable_of_ours_is_refused_and_others_are_left_alone() -> None:
    assert faults({"OUTREACH_DATABASEURL": "sqlite:///x"}) == [
        "OUTREACH_DATABASEURL: there is no such setting"
    ]
    Settings.from_environment({"OUTREACH_REQUIRE": "postgres", "DATABASE_URL": "anything"})


def test_a_fault_never_repeats_a_password() -> None:
    found = faults({"OUTREACH_DATABASE_URL": "mysql://outreach:secret-word@host/name"})
    assert "secret-word" not in str(found)


def test_a_mail_servers_password_is_in_no_fault_and_no_repr() -> None:
    given = {"OUTREACH_SMTP_URL": "smtp://a%40example.org:secret-word@mail.example.org"}
    settings = Settings.from_environment(given)
    assert settings.mail is not None
    server, sender = settings.mail
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example.org",
        587,
        "a@example.org",
        "secret-word",
    )
    assert sender == "a@example.org"
    assert "secret-word" not in repr(settings) + repr(settings.mail)
    for wrong in ("ftp://a:secret-word@host", "smtp://a:secret-word/@host", "smtp://a:secret-word@host:x"):
        assert "secret-word" not in str(faults({"OUTREACH_SMTP_URL": wrong}))


def test_a_mail_server_wants_an_address_to_send_from() -> None:
    (fault,) = faults({"OUTREACH_SMTP_URL": "smtp+plain://localhost"})
    assert fault.startswith("OUTREACH_MAIL_SENDER: ")


def test_several_workers_want_postgresql() -> None:
    assert faults({"OUTREACH_WORKERS": "2"})[0].startswith("OUTREACH_WORKERS: ")
    address = "postgres://outreach@host:5432/outreach"
    settings = Settings.from_environment({"OUTREACH_WORKERS": "2", "OUTREACH_DATABASE_URL": address})
    assert settings.database == "postgresql+psycopg://outreach@host:5432/outreach"


def test_spaces_around_a_value_and_a_home_sign_do_not_matter() -> None:
    settings = Settings.from_environment({"OUTREACH_PORT": " 8080 ", "OUTREACH_HOME": "~/outreach"})
    assert settings.port == 8080
    assert settings.home == Path.home() / "outreach"
