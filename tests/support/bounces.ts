/** What a report says of one recipient (RFC 3464, 2.3). */
export const reported = (action: string, final: string, more = 'Status: 5.1.1\r\n') =>
  `\r\nFinal-Recipient: rfc822; ${final}\r\nAction: ${action}\r\n${more}`;

type Bounce = {
  /** Its own. */
  id: string;
  to: string;
  groups: string;
  /** Of the mail that comes back. */
  head: string;
};

/** A delivery report as RFC 3464 has it. */
export function bounce({ id, to, groups, head }: Bounce): string {
  return [
    'Return-Path: <>',
    'From: MAILER-DAEMON@relay.example.org',
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${id}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n',
    `--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example.org\r\n${groups}`,
    `--b\r\nContent-Type: text/rfc822-headers\r\n\r\n${head}\r\nSubject: x\r\n`,
    '--b--',
  ].join('\r\n');
}
