"""Carriers: real bytes to a real mail server, a real gateway and a real push service."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import http_ece
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sqlalchemy import select

from collector.config import Mail, Push, Settings, SettingsError, Sms, settings_from
from collector.db import reading, transaction
from collector.notices.actions import choose_channel, notify, send_again, subscribe
from collector.notices.delivery import (
    ConsoleTransport,
    RenderedNotice,
    Transport,
    Undeliverable,
    deliver_notices,
)
from collector.notices.models import Channel, Notice, NoticeState, PushSubscription
from collector.notices.transports import (
    ChannelTransport,
    SmsTransport,
    SmtpTransport,
    WebPushTransport,
    transport_for,
)
from collector.web.message_rendering import render_notice
from tests.conftest import SetClock
from tests.town import Town

LETTER = RenderedNotice(
    "dora@home.example", "Vous êtes là ?", "Nous venons à 9 h.", reference="abc"
)


class Mailbox:
    """A mail server's memory; it answers `answer` to every recipient."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - the library's own name and form
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(  # noqa: N802 - the library's own name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 kept"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail(mailbox: Mailbox, first_port: int) -> Iterator[Mail]:
    """A mail server that wants a password and keeps what it gets."""

    def authenticated(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        right = data == LoginPassword(b"milkround", b"p@ss")
        # What is not "handled" here is answered by the server itself.
        return AuthResult(success=right, handled=False)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=first_port + 9,
        authenticator=authenticated,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield Mail(
        scheme="smtp",
        host="127.0.0.1",
        port=first_port + 9,
        sender="rdv@hospital.example",
        user="milkround",
        password="p@ss",  # noqa: S106 - a test's
    )
    controller.stop()


class Gateway(BaseHTTPRequestHandler):
    """Keeps what is posted to it and answers what it is told to."""

    answer: ClassVar[int] = 201
    posts: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        type(self).posts.append((self.path, headers, body))
        self.send_response(type(self).answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        pass


@pytest.fixture
def gateway() -> Iterator[str]:
    """The address of an HTTP server."""
    Gateway.answer = 201
    Gateway.posts.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def send_all(app: Flask, clock: SetClock, sender: Transport) -> int:
    with app.app_context():
        return deliver_notices(
            transaction,
            reading=reading,
            write=lambda session, notice: render_notice(session, notice, now=clock.now()),
            sender=sender,
            now=clock.now,
        )


def owe_dora(app: Flask, clock: SetClock, town: Town, *, once: str = "once") -> list[int]:
    with app.app_context(), transaction() as session:
        return [
            notice.id
            for notice in notify(
                session,
                now=clock.now(),
                bank_id=town.bank,
                once=once,
                recipient=f"donor:{town.dora}",
                email="dora@home.example",
                phone="+33639980000",
                template="visit_withdrawn",
                language="fr",
                day="2026-11-24",
            )
        ]


def notice_of(app: Flask, key: int) -> Notice:
    with app.app_context(), reading() as session:
        return session.get_one(Notice, key)


pytestmark = [
    pytest.mark.twin,
    pytest.mark.filterwarnings(
        "ignore:Requiring AUTH while not requiring TLS",  # the test's own server on the loopback
        "ignore:Session.login_data is deprecated",
    ),
]


def test_a_letter_arrives_at_a_mail_server_whole(mail: Mail, mailbox: Mailbox) -> None:
    SmtpTransport(mail).send(LETTER)
    (message,) = mailbox.messages
    assert message["From"] == "rdv@hospital.example"
    assert message["To"] == "dora@home.example"
    assert message["Subject"] == "Vous êtes là ?"
    assert message["Message-ID"] == "<abc@hospital.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Nous venons à 9 h."


def test_a_lasting_refusal_is_final_and_a_passing_one_is_not(mail: Mail, mailbox: Mailbox) -> None:
    mailbox.answer = "550 no such box"
    with pytest.raises(Undeliverable, match="refused 550"):
        SmtpTransport(mail).send(LETTER)
    mailbox.answer = "451 later"
    with pytest.raises(ConnectionError):
        SmtpTransport(mail).send(LETTER)


def test_a_wrong_password_is_tried_again(mail: Mail, mailbox: Mailbox) -> None:
    wrong = replace(mail, password="not this")  # noqa: S106 - a test's
    with pytest.raises(ConnectionError, match="535"):
        SmtpTransport(wrong).send(LETTER)
    assert mailbox.messages == []


def test_a_text_message_is_posted_as_the_contract_says(gateway: str) -> None:
    sms = Sms(url=f"{gateway}/messages", token="secret", sender="RDV")  # noqa: S106 - a test's
    SmsTransport(sms).send(RenderedNotice("+33639980000", "", "Demain 9 h", reference="abc"))
    ((path, headers, body),) = Gateway.posts
    assert path == "/messages"
    assert headers["authorization"] == "Bearer secret"
    assert headers["idempotency-key"] == "abc"
    assert json.loads(body) == {
        "to": "+33639980000",
        "from": "RDV",
        "text": "Demain 9 h",
        "reference": "abc",
    }


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_gateway_that_is_busy_is_asked_again(gateway: str, status: int) -> None:
    Gateway.answer = status
    with pytest.raises(OSError, match=str(status)):
        SmsTransport(Sms(url=gateway)).send(LETTER)


@pytest.mark.parametrize("status", [302, 400, 403, 422])
def test_a_gateway_that_refuses_is_not_asked_again(gateway: str, status: int) -> None:
    Gateway.answer = status
    with pytest.raises(Undeliverable, match=str(status)):
        SmsTransport(Sms(url=gateway)).send(LETTER)


def test_a_push_message_is_readable_by_its_browser_alone(gateway: str) -> None:
    browser = ec.generate_private_key(ec.SECP256R1())
    point = browser.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = b"sixteen bytes ok"
    keys = {
        "endpoint": f"{gateway}/push/1",
        "p256dh": encoded(point),
        "auth": encoded(secret),
    }
    push = Push(contact="mailto:it@hospital.example", key=encoded(bytes(range(1, 33))), hosts=())
    letter = RenderedNotice(
        "1", "Your appointment", "Tomorrow at 9", keys=keys, link="https://x.example/v"
    )
    WebPushTransport(push).send(letter)
    ((_, headers, body),) = Gateway.posts
    assert b"Tomorrow" not in body
    assert headers["authorization"].startswith("vapid t=")
    assert headers["ttl"] == "43200"
    opened = json.loads(http_ece.decrypt(body, private_key=browser, auth_secret=secret))
    assert opened == {
        "title": "Your appointment",
        "body": "Tomorrow at 9",
        "link": "https://x.example/v",
    }


def test_a_message_is_sent_once_and_its_text_is_not_kept(
    app: Flask, clock: SetClock, town: Town, mail: Mail, mailbox: Mailbox
) -> None:
    (key,) = owe_dora(app, clock, town)
    sender = ChannelTransport({Channel.EMAIL: SmtpTransport(mail)})
    assert [send_all(app, clock, sender) for _ in range(2)] == [1, 0]
    assert len(mailbox.messages) == 1
    notice = notice_of(app, key)
    assert (notice.state, notice.body) == (NoticeState.SENT, None)


def test_a_server_that_is_away_is_asked_again_later_and_later(
    app: Flask, clock: SetClock, town: Town
) -> None:
    (key,) = owe_dora(app, clock, town)
    away = ChannelTransport(
        {Channel.EMAIL: SmtpTransport(Mail(scheme="smtp", host="127.0.0.1", port=1, sender="a@b"))}
    )
    for attempt, minutes in enumerate((1, 5, 25, 125), start=1):
        assert send_all(app, clock, away) == 0
        notice = notice_of(app, key)
        assert (notice.attempts, notice.trouble) == (attempt, "away")
        send_all(app, clock, away)
        assert notice_of(app, key).attempts == attempt, "not before its time"
        clock.advance(minutes=minutes, seconds=1)
    send_all(app, clock, away)
    assert notice_of(app, key).state is NoticeState.FAILED
    with app.app_context(), transaction() as session:
        send_again(session, bank_id=town.bank, notice_id=key)
    assert send_all(app, clock, ConsoleTransport()) == 1


def test_the_way_she_chose_is_the_way_she_is_told(
    app: Flask, clock: SetClock, town: Town, gateway: str
) -> None:
    with app.app_context(), transaction() as session:
        choose_channel(
            session, bank_id=town.bank, recipient=f"donor:{town.dora}", channel=Channel.SMS
        )
    (key,) = owe_dora(app, clock, town)
    assert notice_of(app, key).to == "+33639980000"
    assert (
        send_all(app, clock, ChannelTransport({Channel.SMS: SmsTransport(Sms(url=gateway))})) == 1
    )
    text = json.loads(Gateway.posts[0][2])["text"]
    assert text.startswith("Nous ne pouvons pas passer le mardi 24 novembre comme prévu. Toutes")
    assert "\n" not in text


def test_a_browser_that_is_gone_is_forgotten(
    app: Flask, clock: SetClock, town: Town, gateway: str
) -> None:
    Gateway.answer = 410
    browser = ec.generate_private_key(ec.SECP256R1()).public_key()
    with app.app_context(), transaction() as session:
        subscribe(
            session,
            now=clock.now(),
            bank_id=town.bank,
            recipient=f"donor:{town.dora}",
            endpoint=f"{gateway}/push/1",
            p256dh=encoded(browser.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)),
            auth=encoded(b"sixteen bytes ok"),
        )
    by_mail, by_push = owe_dora(app, clock, town)
    push = Push(contact="mailto:a@b.example", key=encoded(bytes(range(1, 33))), hosts=())
    sender = ChannelTransport({Channel.PUSH: WebPushTransport(push)})
    assert send_all(app, clock, sender) == 0
    assert notice_of(app, by_push).trouble == "refused 410"
    assert notice_of(app, by_mail).trouble == "not_set_up"
    with app.app_context(), reading() as session:
        assert session.scalars(select(PushSubscription)).all() == []


def test_an_installation_without_a_carrier_has_the_console(settings: Settings) -> None:
    assert isinstance(transport_for(settings), ConsoleTransport)


def test_carriers_are_set_up_by_the_environment(tmp_path: Path) -> None:
    environ = {
        "MILKROUND_HOME": str(tmp_path),
        "MILKROUND_SMTP_URL": "smtp+starttls://milk:p%40ss@mail.example",
        "MILKROUND_MAIL_FROM": "rdv@hospital.example",
        "MILKROUND_SMS_URL": "https://gateway.example/messages",
        "MILKROUND_PUSH_CONTACT": "mailto:it@hospital.example",
    }
    settings = settings_from(environ)
    assert settings.mail is not None
    assert (settings.mail.port, settings.mail.password) == (587, "p@ss")
    assert "p@ss" not in repr(settings)
    assert settings.push is not None
    assert settings_from(environ).push == settings.push, "the key is made once"
    assert isinstance(transport_for(settings), ChannelTransport)


def test_every_mistake_about_carriers_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        settings_from(
            {
                "MILKROUND_SMTP_URL": "mail.example",
                "MILKROUND_SMS_URL": "gateway",
                "MILKROUND_PUSH_CONTACT": "somebody",
                "MILKROUND_PUSH_KEY": "short",
            }
        )
    assert len(told.value.mistakes) == 4
