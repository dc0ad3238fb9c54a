"""Transports: e-mail by SMTP, text messages by an HTTP gateway, web push by its services."""

import json
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr
from http import HTTPStatus

import requests
from pywebpush import WebPushException, webpush

from collector.config import Mail, Push, Settings, Sms
from collector.notices.delivery import ConsoleTransport, RenderedNotice, Transport, Undeliverable
from collector.notices.models import Channel

PATIENCE_SECONDS = 20
PUSH_LIVES_SECONDS = 12 * 3600
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class ChannelTransport:
    """Dispatcher of messages to the transport of their channel; without one they fail."""

    keeps_text = False

    def __init__(self, by_channel: Mapping[Channel, Transport]) -> None:
        self._by_channel = by_channel

    def send(self, letter: RenderedNotice) -> None:
        """Send a message by its channel."""
        carrier = self._by_channel.get(letter.channel)
        if carrier is None:
            raise Undeliverable("not_set_up")
        carrier.send(letter)


class SmtpTransport:
    """Transport to a mail server."""

    keeps_text = False

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def send(self, letter: RenderedNotice) -> None:
        """Send one message; only the server's permanent refusal (5xx) is final."""
        mail = self._mail
        try:
            with self._connected() as server:
                if mail.scheme == "smtp+starttls":
                    server.starttls(context=ssl.create_default_context())
                if mail.user:
                    server.login(mail.user, mail.password)
                server.send_message(self._message(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, _),) = refused.recipients.values()
            _judge_smtp(code)
        except smtplib.SMTPAuthenticationError as refused:
            # A wrong password is a fault of the installation, not of the message: it is retried.
            raise ConnectionError(f"the mail server answered {refused.smtp_code}") from None
        except smtplib.SMTPResponseException as refused:
            _judge_smtp(refused.smtp_code)
        except smtplib.SMTPException as broken:
            raise ConnectionError(type(broken).__name__) from broken

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE_SECONDS, context=context)
        return smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE_SECONDS)

    def _message(self, letter: RenderedNotice) -> EmailMessage:
        sender = self._mail.sender
        message = EmailMessage()
        message["From"] = formataddr((letter.signature, sender)) if letter.signature else sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Message-ID"] = f"<{letter.reference}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message


class SmsTransport:
    """Transport of text messages to an HTTP gateway; the contract is in docs/messages.md."""

    keeps_text = False

    def __init__(self, sms: Sms) -> None:
        self._sms = sms

    def send(self, letter: RenderedNotice) -> None:
        """Post one message: 2xx is sent, 408, 429 and 5xx are retried, other codes are final."""
        headers = {"Idempotency-Key": letter.reference}
        if self._sms.token:
            headers["Authorization"] = f"Bearer {self._sms.token}"
        answer = requests.post(
            self._sms.url,
            json={
                "to": letter.to,
                "from": self._sms.sender,
                "text": letter.body,
                "reference": letter.reference,
            },
            headers=headers,
            timeout=PATIENCE_SECONDS,
            allow_redirects=False,
        )
        _judge_http(answer.status_code)


class WebPushTransport:
    """Transport of encrypted messages to push services."""

    keeps_text = False

    def __init__(self, push: Push) -> None:
        self._push = push

    def send(self, letter: RenderedNotice) -> None:
        """Post one encrypted message; the push service sees neither text nor recipient."""
        endpoint = letter.keys.get("endpoint")
        if endpoint is None:
            raise Undeliverable("gone")
        text = {"title": letter.subject, "body": letter.body, "link": letter.link}
        keys = {name: letter.keys[name] for name in ("p256dh", "auth")}
        try:
            webpush(
                subscription_info={"endpoint": endpoint, "keys": keys},
                data=json.dumps(text),
                vapid_private_key=self._push.key,
                vapid_claims={"sub": self._push.contact},
                timeout=PATIENCE_SECONDS,
                ttl=PUSH_LIVES_SECONDS,
            )
        except WebPushException as refused:
            status = None if refused.response is None else refused.response.status_code
            if status is None:
                raise Undeliverable("keys") from refused
            _judge_http(status)


def transport_for(settings: Settings) -> Transport:
    """Return the configured transports; the console without any."""
    found: dict[Channel, Transport] = {}
    if settings.mail is not None:
        found[Channel.EMAIL] = SmtpTransport(settings.mail)
    if settings.sms is not None:
        found[Channel.SMS] = SmsTransport(settings.sms)
    if settings.push is not None:
        found[Channel.PUSH] = WebPushTransport(settings.push)
    return (
        ChannelTransport(found)
        if {Channel.EMAIL, Channel.SMS} & found.keys()
        else ConsoleTransport(prints_text=settings.demonstration)
    )


def _judge_smtp(code: int) -> None:
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Undeliverable(f"refused {code}")
    raise ConnectionError(f"the mail server answered {code}")


def _judge_http(status: int) -> None:
    if status in range(200, 300):
        return
    if status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ConnectionError(f"the gateway answered {status}")
    raise Undeliverable(f"refused {status}", gone=status in GONE)
