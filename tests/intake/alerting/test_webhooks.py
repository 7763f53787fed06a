"""Webhooks: alerts over TLS to public addresses alone, and fetching a request with consent."""

import base64
import hmac
import http.client
import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from detoxsite.core import ssrf
from detoxsite.core.encryption import sealing, symmetric
from detoxsite.core.exceptions import Refused
from intake import services
from intake.alerting import alerts, escalation, webhook_admin, webhooks
from intake.models import (
    Alert,
    Consent,
    Delivery,
    Disclosure,
    Webhook,
)
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT, REDISCLOSURE_NOTICE
from tests.factories import make_user
from tests.intake.alerting.test_escalation import CANARIES

HOST, PUBLIC = "hooks.example.org", "93.184.215.14"


# --- signing ---------------------------------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_published_example():
    found = webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_has_enough_bytes_and_is_never_the_same():
    one, other = webhooks.new_secret(), webhooks.new_secret()

    assert one.startswith("whsec_")
    assert len(base64.b64decode(one.removeprefix("whsec_"))) == 32
    assert one != other


def test_the_payload_is_thin():
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert json.loads(webhooks.payload("K7M2P9QR", at)) == {
        "type": "call.waiting",
        "timestamp": "2026-11-23T12:00:00.000Z",
        "data": {"ref": "K7M2P9QR"},
    }


# --- a receiver ------------------------------------------------------------------------------------------------------


class Receiver(HTTPServer):
    """Another system, with a certificate for HOST; it replaces the server at PUBLIC."""

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Answer)
        self.got, self.status, self.more, self.drip = [], 204, {}, 0
        self.pem = folder / "hook.pem"
        self.pem.write_bytes(certificate())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request, client_address):
        """Ignore clients that hang up."""


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        for _ in range(self.server.drip):
            self.wfile.write(b"H")
            time.sleep(0.1)
        self.send_response(self.server.status)
        for name, value in self.server.more.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


def certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def receiver(tmp_path, monkeypatch):
    server = Receiver(tmp_path)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    dialled, create = [], socket.create_connection

    def dial(address, timeout):
        dialled.append(address)
        return create(server.server_address, timeout)

    server.dialled = dialled
    monkeypatch.setattr(ssrf, "dial", dial)
    monkeypatch.setattr(ssrf, "resolve", lambda *_, **__: [(0, 0, 0, "", (PUBLIC, 443))])
    monkeypatch.setattr(ssrf, "trust", lambda: ssl.create_default_context(cafile=str(server.pem)))
    yield server
    server.shutdown()
    server.server_close()


def test_a_message_goes_signed_to_the_address_that_was_checked(receiver):
    keys = [webhooks.new_secret(), webhooks.new_secret()]

    webhooks.post(f"https://{HOST}/in?source=1", "msg_1", b"{}", keys)

    [(path, sent, body)] = receiver.got
    assert receiver.dialled == [(PUBLIC, 443)]
    assert (path, body, sent["Host"], sent["webhook-id"]) == ("/in?source=1", b"{}", HOST, "msg_1")
    signed = [
        hmac.digest(
            base64.b64decode(key.removeprefix("whsec_")), f"msg_1.{sent['webhook-timestamp']}.{{}}".encode(), "sha256"
        )
        for key in keys
    ]
    assert sent["webhook-signature"] == " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in signed)
    assert abs(int(sent["webhook-timestamp"]) - time.time()) < 5


def test_if_one_address_does_not_answer_the_next_is_tried(receiver, monkeypatch):
    six, through = "2606:4700:4700::1111", ssrf.dial
    both = [(0, 0, 0, "", (address, 443)) for address in (six, PUBLIC)]
    monkeypatch.setattr(ssrf, "resolve", lambda *_, **__: both)

    def dial(address, timeout):
        if address[0] == six:
            raise OSError
        return through(address, timeout)

    monkeypatch.setattr(ssrf, "dial", dial)

    webhooks.post(f"https://{HOST}/", "msg_1", b"{}", [])

    assert receiver.dialled == [(PUBLIC, 443)]


def test_a_receiver_with_the_certificate_of_another_host_gets_nothing(receiver):
    with pytest.raises(ssl.SSLCertVerificationError):
        webhooks.post("https://other.example.org/", "msg_1", b"{}", [webhooks.new_secret()])

    assert receiver.got == []


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_any_other_status_is_a_rejection_and_no_redirect_is_followed(receiver, status):
    receiver.status, receiver.more = status, {"Location": f"https://{HOST}/elsewhere"}

    with pytest.raises(webhooks.Rejected) as refusal:
        webhooks.post(f"https://{HOST}/", "msg_1", b"{}", [])

    assert refusal.value.status == status
    assert len(receiver.got) == 1


def test_a_receiver_that_answers_one_byte_at_a_time_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(webhooks, "TIMEOUT", 0.5)
    receiver.drip = 600  # a minute
    began = time.monotonic()

    with pytest.raises((OSError, http.client.HTTPException)):
        webhooks.post(f"https://{HOST}/", "msg_1", b"{}", [])

    assert time.monotonic() - began < 30


# --- alerts ----------------------------------------------------------------------------------------------------------


def make_webhook(**fields):
    values = {"name": "Records", "url": f"https://{HOST}/in", "agreement": "QSOA 12, to 2028", **fields}
    webhook = Webhook(**values)
    webhook.secret, webhook.token = webhook_admin.set_first_credentials(webhook)
    webhook.save()
    return webhook


def store(key="a form", **answers):
    call = reception.seal_request({"phone": "(212) 555-0123", **answers}, Identity.of(key))
    reception.store_request(call, consent=CONSENT["sha256"])
    return call


def test_a_webhook_is_alerted_with_the_first_step_and_gets_only_the_reference(nurse, receiver):
    webhook = make_webhook()
    call = store(**CANARIES)

    assert escalation.send_due() == 2

    [(path, sent, body)] = receiver.got
    delivery = Delivery.objects.get(webhook=webhook)
    assert json.loads(body)["data"] == {"ref": call.reference}
    assert sent["webhook-id"] == str(delivery.pk)
    expected = webhooks.signature(webhook.secret, sent["webhook-id"], int(sent["webhook-timestamp"]), body)
    assert sent["webhook-signature"] == expected
    assert delivery.state == Delivery.State.SENT
    for typed in ("212", "canary", "Canary", "other", "opioid", "breathe"):
        assert typed not in f"{path}{sent}{body}".replace(str(delivery.pk), "").replace(expected, "")


def test_later_steps_are_for_people_alone(nurse, receiver):
    make_webhook()
    store()
    escalation.send_due()

    escalation.send_due(timezone.now() + timedelta(minutes=11))

    assert len(receiver.got) == 1


def test_a_webhook_that_fails_is_tried_again_and_holds_no_one_up(nurse, receiver):
    make_webhook()
    receiver.status = 500
    store()

    assert escalation.send_due() == 1
    delivery = Delivery.objects.get(webhook__isnull=False)
    assert (delivery.state, delivery.tries, delivery.problem) == ("waiting", 1, "Rejected 500")
    assert len(mail.outbox) == 1
    receiver.status = 200
    assert escalation.send_due(delivery.next_try_at) == 1
    [(_, first, _), (_, second, _)] = receiver.got
    assert first["webhook-id"] == second["webhook-id"]


def test_gone_switches_a_webhook_off_and_says_why(nurse, receiver):
    webhook = make_webhook()
    receiver.status = 410
    store()

    escalation.send_due()

    webhook.refresh_from_db()
    assert not webhook.is_active
    assert "410" in webhook.disabled_why
    delivery = Delivery.objects.get(webhook=webhook)
    assert (delivery.state, delivery.problem) == ("failed", "Gone 410")
    store("another form")
    escalation.send_due()
    assert len(receiver.got) == 1
    webhook_admin.enable(webhook.pk, by=nurse)
    store("a third form")
    receiver.status = 200
    escalation.send_due()
    assert len(receiver.got) == 2


def test_a_name_that_later_leads_to_an_internal_address_is_not_contacted(nurse, receiver, monkeypatch):
    make_webhook()
    monkeypatch.setattr(ssrf, "resolve", lambda *_, **__: [(0, 0, 0, "", ("169.254.169.254", 443))])
    store()

    escalation.send_due()

    assert receiver.dialled == []
    assert Delivery.objects.get(webhook__isnull=False).problem == "ForbiddenAddress"


def test_while_a_secret_is_changed_both_sign(nurse):
    webhook = make_webhook()

    first = webhook_admin.add_secret(webhook.pk, by=nurse).new_secret
    webhook.refresh_from_db()
    assert webhooks.signing_secrets(webhook) == [first, webhook.secret]
    second = webhook_admin.add_secret(webhook.pk, by=nurse).new_secret
    webhook.refresh_from_db()
    assert webhooks.signing_secrets(webhook) == [second, first]
    webhook_admin.retire_secret(webhook.pk, by=nurse)
    webhook.refresh_from_db()
    assert webhooks.signing_secrets(webhook) == [second]
    with pytest.raises(Refused):
        webhook_admin.retire_secret(webhook.pk, by=nurse)
    assert second not in webhook.locked_secrets
    with pytest.raises(sealing.Unreadable):
        symmetric.decrypt(webhook.locked_secrets, "something else")


# --- fetching --------------------------------------------------------------------------------------------------------


def ask(client, reference, token):
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return client.get(f"/fetch/{reference}/", headers=headers)


@pytest.fixture
def told(nurse, receiver):
    """A webhook that was alerted to a request."""
    webhook = make_webhook()
    webhook.call = store(**CANARIES)
    escalation.send_due()
    return webhook


def test_a_fetched_request_comes_with_consent_and_notice_and_is_a_disclosure(client, told):
    answer = ask(client, told.call.reference, told.token)

    consent = Consent.objects.get()
    found = answer.json()
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert {name: found["answers"][name] for name in CANARIES} == CANARIES
    assert "signs" not in found["answers"]
    assert found["notice"] == REDISCLOSURE_NOTICE
    assert found["consent"]["text_sha256"] == CONSENT["sha256"]
    assert (found["consent"]["state"], found["consent"]["given"]) == ("live", consent.at.isoformat())
    entry = Disclosure.objects.get()
    assert (entry.call, entry.what, entry.consent) == (told.call, Disclosure.What.FETCH, consent)
    assert (entry.to, entry.why) == ("Records (QSOA 12, to 2028)", "handing over by agreement")


@pytest.mark.parametrize("token", [None, "", "wrong", "whsec_x", "Zoë"])
def test_without_a_token_nothing_is_returned(client, told, token):
    answer = ask(client, told.call.reference, token)

    assert answer.status_code == 401
    assert "canary" not in answer.content.decode()
    assert not Disclosure.objects.exists()


def test_a_new_token_ends_the_old_one(client, told, nurse):
    token = webhook_admin.renew_token(told.pk, by=nurse).new_token

    assert [ask(client, told.call.reference, each).status_code for each in (told.token, token)] == [401, 200]


def test_a_disabled_webhook_fetches_nothing(client, told):
    webhook_admin.disable(told.pk, by=make_user("manager"))

    assert ask(client, told.call.reference, told.token).status_code == 401


def test_after_a_revocation_nothing_is_returned(client, told):
    Consent.objects.create(call=told.call, text_id=CONSENT["sha256"], act=Consent.Act.REVOKED)

    answer = ask(client, told.call.reference, told.token)

    assert answer.status_code == 403
    assert "canary" not in answer.content.decode()
    assert not Disclosure.objects.exists()


def test_consent_given_again_counts_again(client, told):
    for act in (Consent.Act.REVOKED, Consent.Act.GIVEN):
        Consent.objects.create(call=told.call, text_id=CONSENT["sha256"], act=act)

    assert ask(client, told.call.reference, told.token).status_code == 200


def test_a_webhook_fetches_only_requests_it_was_alerted_to(client, told):
    Webhook.objects.filter(pk=told.pk).update(is_active=False)
    unheard = store("another form")
    escalation.send_due()
    Webhook.objects.filter(pk=told.pk).update(is_active=True)

    assert [ask(client, each, told.token).status_code for each in (unheard.reference, "22222222")] == [404, 404]


def test_an_erased_request_is_not_returned(client, told):
    services.erase(told.call.pk)

    assert ask(client, told.call.reference, told.token).status_code == 404


def test_nothing_is_returned_without_a_recorded_disclosure(client, told, monkeypatch):
    def refuse(*_, **__):
        raise DatabaseError

    monkeypatch.setattr(Disclosure.objects, "create", refuse)

    with transaction.atomic(), pytest.raises(DatabaseError):
        ask(client, told.call.reference, told.token)


def test_the_fetch_address_accepts_no_post(client, told):
    headers = {"Authorization": f"Bearer {told.token}"}

    assert client.post(f"/fetch/{told.call.reference}/", headers=headers).status_code == 405


def test_the_alert_of_a_webhook_is_one_for_each_round(nurse, receiver):
    make_webhook()
    call = store()
    escalation.send_due()
    alerts.restart_alerts(call)
    escalation.send_due()

    assert Alert.objects.filter(after=0).count() == len(receiver.got) == 2
