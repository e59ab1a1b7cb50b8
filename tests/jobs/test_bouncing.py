"""callwatch bounce, and how callwatch deliver is ended by a signal."""

import io
import mailbox
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from benchmarks.smtp_sink import Taken, sink
from store.models import Message, MessageState, Subscriber, SubscriberState
from tests.jobs.conftest import AT, NOW, Callwatch
from tests.mails import queue_mails
from tests.notifier.returned import PERSON, complaint, delivery_report

ROOT = Path(__file__).parents[2]


@pytest.fixture
def mail_id(rows: Session) -> str:
    (message,) = queue_mails(rows, [PERSON], NOW)
    return message.message_id


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def test_a_piped_complaint_stops_and_is_told_without_an_address(
    callwatch: Callwatch, mail_id: str, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, complaint(mail_id))
    found = callwatch("bounce", *AT)
    assert (found.status, found.out, found.err) == (0, "1 stopped\n", "")
    rows.expire_all()
    assert rows.scalars(select(Subscriber.state)).one() is SubscriberState.STOPPED


@pytest.mark.usefixtures("mail_id")
def test_a_report_of_no_mail_of_ours_is_not_green(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, delivery_report(recipient="nobody@else.example"))
    found = callwatch("bounce", *AT)
    assert (found.status, found.out) == (3, "1 unknown\n")
    assert "nobody@" not in found.err


def test_a_maildir_an_mbox_and_a_folder_of_files_are_read(
    callwatch: Callwatch, mail_id: str, tmp_path: Path
) -> None:
    report, other = delivery_report(mail_id), b"Subject: hello\n\nno report\n"
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    maildir.add(report)
    maildir.add(other)
    box = mailbox.mbox(tmp_path / "mbox")
    box.add(report.replace(b"\r\n", b"\n"))
    box.close()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "1.eml").write_bytes(report)
    none = dict.fromkeys(
        ("counted", "suspended", "stopped", "known", "not_counted", "unknown", "no_report"), 0
    )
    first = callwatch("bounce", "Maildir", "--json", *AT)
    assert first.document == none | {"counted": 1, "no_report": 1}
    for again in ("mbox", "files", "files/1.eml"):
        assert callwatch("bounce", again, "--json", *AT).document == none | {"known": 1}


def test_a_folder_that_is_not_there_is_one_line(callwatch: Callwatch) -> None:
    found = callwatch("bounce", "nowhere", *AT)
    assert found.status == 2
    assert found.complaint == "callwatch: nowhere: cannot be read: No such file or directory"


@pytest.mark.timeout(120)
def test_a_signal_lets_a_delivery_finish_what_it_has_in_hand(
    rows: Session, database: Engine, tmp_path: Path
) -> None:
    addresses = [f"reader{n}@example.org" for n in range(200)]
    queue_mails(rows, addresses, NOW)
    taken = Taken(delay_seconds=0.1)
    with sink(taken) as port:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "CALLWATCH_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "CALLWATCH_MAIL_URL": f"smtp://127.0.0.1:{port}",
        }
        command = [sys.executable, "-c", "from jobs.cli import main; main()", "deliver", *AT]
        child = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE)  # noqa: S603 - ours
        while not taken.ids and child.poll() is None:
            time.sleep(0.05)
        child.send_signal(signal.SIGTERM)
        output, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    rows.expire_all()
    states = dict(rows.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    assert states == {
        MessageState.SENT: len(taken.ids),
        MessageState.QUEUED: 200 - len(taken.ids),
    }
    assert f"{len(taken.ids)} sent\n{200 - len(taken.ids)} wait for a later run" in output.decode()
