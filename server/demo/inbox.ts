import { createHash } from 'node:crypto';
import { asSystem } from '#server/database/actor.ts';
import { accounts } from './cast.ts';

type Mail = {
  hours: number;
  from: string;
  subject: string;
  text?: string;
  html?: string;
  file?: string;
  headers?: string[];
};

/** What waits in the inbox of the house: read by the bridge when it starts, as if it had just come. */
const mails: Mail[] = [
  {
    hours: 0.2,
    from: 'Katharina Wolff <katharina.wolff@example.net>',
    subject: 'Besichtigung der Dreizimmerwohnung in der Fährstraße',
    text: 'Guten Tag,\n\nwir haben Ihre Anzeige gesehen und würden die Wohnung gern besichtigen, am liebsten am Donnerstag nach 17 Uhr. Wir sind zu dritt, unser Sohn ist vier.\n\nSie erreichen mich am besten unter 0171 2345678.\n\nMit freundlichen Grüßen\nKatharina Wolff',
    file: 'Selbstauskunft Wolff.pdf',
  },
  {
    hours: 0.9,
    from: 'Petra Weber <petra.weber@example.org>',
    subject: 'Fahrräder im Treppenhaus',
    html: '<p>Hallo,</p><p>im Treppenhaus stehen <b>schon wieder drei Fahrräder</b>. Mit dem Kinderwagen komme ich nicht mehr vorbei. Können Sie bitte einen Aushang machen?</p><p>Viele Grüße<br>Petra Weber</p>',
  },
  {
    hours: 2.5,
    from: 'Oliver Grant <oliver.grant@example.com>',
    subject: 'Parking space for my mother',
    text: 'Dear all,\n\nI am writing for my mother, john.smith@example.com is her neighbour and told me to ask you. Is there a free parking space near entrance B from January?\n\nPhone: +44 20 7946 0018\n\nKind regards\nOliver Grant',
  },
  {
    hours: 5,
    from: 'Baumarkt Nord <newsletter@baumarkt-nord.example>',
    subject: 'Nur diese Woche: 20 % auf Farben und Lacke',
    headers: ['List-Unsubscribe: <https://baumarkt-nord.example/ab>', 'Precedence: bulk'],
    html: '<table width="560" style="background-color:#f3efe6"><tr><td style="padding:20px"><h1 style="color:#2f6b66">20 % auf Farben und Lacke</h1><p>Nur bis Samstag, solange der Vorrat reicht.</p><img src="https://baumarkt-nord.example/bild.png" width="400" height="120" alt="Farbeimer"><p><a href="https://baumarkt-nord.example">Zum Markt</a></p></td></tr></table>',
  },
  {
    hours: 20,
    from: 'sekretariat@kita-sonnenblume.example',
    subject:
      'AW: Laubharken am Samstag, wir helfen gern wieder mit und bringen auch Kuchen für alle mit, die dabei sind',
    text: 'Liebe Hausverwaltung,\n\nam Samstag helfen wir wieder beim Laubharken. Brauchen Sie noch Säcke?\n\nIhre Kita Sonnenblume\nTel.: 040 98 76 54-3',
  },
];

/** Puts the mails into the ledger, and no further. */
export async function plantInbox(workspaceId: string): Promise<void> {
  const address = accounts.find((account) => account.asksFirst)?.address ?? '';
  await asSystem(workspaceId, async ({ sql }) => {
    for (const mail of mails) {
      const raw = bytesOf(mail, address);
      const row = { workspaceId, sha256: createHash('sha256').update(raw).digest('hex'), size: raw.length, raw };
      const receivedAt = new Date(Date.now() - mail.hours * 3_600_000).toISOString();
      await sql`
        insert into lotse.mails (account_id, workspace_id, sha256, size, raw, received_at)
        select a.id, ${row.workspaceId}, ${row.sha256}, ${row.size}, ${row.raw}, ${receivedAt}
        from lotse.mail_accounts a
        where a.address = ${address}
      `;
    }
  });
}

function bytesOf({ from, subject, text, html, file, headers = [] }: Mail, to: string): Buffer {
  const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
  const id = createHash('sha256').update(subject).digest('hex').slice(0, 20);
  const head = [`From: ${from}`, `To: ${to}`, `Subject: ${encoded}`, `Message-ID: <${id}@demo.example>`, ...headers];
  const kind = html ? 'html' : 'plain';
  const body = [
    `Content-Type: text/${kind}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(html ?? text ?? '')
      .toString('base64')
      .replace(/.{76}/g, '$&\r\n'),
  ];
  const mime = 'MIME-Version: 1.0';
  if (!file) return Buffer.from([...head, mime, ...body, ''].join('\r\n'));
  const part = [
    `Content-Type: application/pdf; name="${file}"`,
    `Content-Disposition: attachment; filename="${file}"`,
    '',
    '%PDF-1.4',
  ];
  const type = 'Content-Type: multipart/mixed; boundary=part';
  return Buffer.from([...head, mime, type, '', '--part', ...body, '--part', ...part, '--part--', ''].join('\r\n'));
}
