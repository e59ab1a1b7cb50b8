"""Mail that comes back: reports as RFC 3464 and RFC 5965 show them."""

PERSON = "reader0@example.org"


def delivery_report(
    mail_id: str = "<unknown@example.org>",
    *,
    action: str = "failed",
    status: str = "5.1.1",
    to: str = "callwatch@example.org",
    recipient: str = PERSON,
) -> bytes:
    """Return a report on a mail, with the headers of that mail."""
    return f"""\
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report.1@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Wed, 20 May 2026 06:00:00 +0000

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} as told

--cut
Content-Type: text/rfc822-headers

From: callwatch@example.org
To: {recipient}
Message-ID: {mail_id}

--cut--
""".replace("\n", "\r\n").encode()


def complaint(mail_id: str, feedback: str = "abuse") -> bytes:
    """Return what a mailbox provider sends where a reader pressed "spam"."""
    return f"""\
From: feedback@mailbox.example.com
To: callwatch@example.org
Subject: FW: 1 new
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="cut"

--cut
Content-Type: text/plain

This is an email abuse report.

--cut
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1

--cut
Content-Type: message/rfc822

From: callwatch@example.org
To: undisclosed@example.com
Message-ID: {mail_id}
Subject: 1 new

1 new

--cut--
""".replace("\n", "\r\n").encode()
