import { describe, expect, test } from 'vitest';
import { decodeMail } from '#server/mail/decode.ts';
import { judgeMail, loopMark } from '#server/mail/machine.ts';
import { verdictWords } from '#server/mail/verdict-words.ts';

const key = Buffer.alloc(32, 3);
const workspaceId = '0b9f4cbe-64a8-4b0c-9d1f-0b7d0a5f3a11';
const own = { workspaceId, addresses: ['support@example.org', 'hilfe@example.org'], key };

async function judge(head: string, body = 'Guten Tag', from = 'Erika <erika@example.com>') {
  return judgeMail(await decodeMail(Buffer.from(`From: ${from}\n${head}\n\n${body}`)), own);
}

describe('what a machine wrote', () => {
  test.each([
    'Auto-Submitted: auto-replied',
    'Auto-Submitted: auto-generated; x=y',
    'Auto-Submitted: (comment) auto-notified',
    'Auto-Submitted: no\nAuto-Submitted: auto-replied',
    'Auto-Submitted: no-idea',
    'Precedence: list',
    'Precedence: normal\nPrecedence: bulk',
    'X-Autoreply: yes',
    'X-Autorespond: weg',
    'X-Loop: true',
    'List-Id: <a.example.org>',
    'Feedback-ID: 1:2',
    'Return-Path: <>',
    'Subject: Automatische Antwort: Heizung',
    'Subject: Abwesenheitsnotiz: Heizung',
    'Subject: Out of Office',
    'Subject: Réponse automatique : x',
  ])('%s is automatic and gets no answer', async (head) => {
    const verdicts = await judge(head);
    expect(verdicts.automatic).not.toEqual([]);
    expect(verdicts.noAutoAnswer).not.toEqual([]);
    expect(verdicts.bounce).toEqual([]);
  });

  test.each([
    'Auto-Submitted: no',
    'Auto-Submitted: No (really)',
    'Auto-Submitted: no; x="auto-replied"',
    'Subject: Abwesend vom 3. bis 5.: bitte Schlüssel',
    'X-Loop: no',
  ])('%s is from a person', async (head) => {
    expect(await judge(head)).toMatchObject({ automatic: [], noAutoAnswer: [], bounce: [], ownMail: [] });
  });

  test('X-Auto-Response-Suppress spares the sender an answer but makes no machine of him', async () => {
    expect(await judge('X-Auto-Response-Suppress: DR, OOF, AutoReply')).toMatchObject({
      automatic: [],
      noAutoAnswer: ['X-Auto-Response-Suppress'],
    });
    expect(await judge('X-Auto-Response-Suppress: DR, RN')).toMatchObject({ noAutoAnswer: [] });
  });

  test('own and unanswerable addresses get no answer', async () => {
    for (const from of ['hilfe@example.org', 'no-reply@shop.example', 'Post <postmaster@example.net>', '']) {
      expect((await judge('Subject: x', 'x', from)).noAutoAnswer).not.toEqual([]);
    }
  });
});

describe('what came by a list', () => {
  test.each([
    'List-Id: <a.example.org>',
    'List-Unsubscribe: <https://example.org/u>',
    'List-Post: NO',
    'Mailing-List: contact x@example.org',
    'Precedence: list',
  ])('%s is said to be of a list, and is never answered', async (head) => {
    expect(verdictWords(await judge(head))).toEqual(['no_auto_answer', 'automatic', 'list']);
  });

  const group = [
    'Precedence: list',
    'Mailing-list: list support@example.org; contact support+owners@example.org',
    'List-ID: <support.example.org>',
    'List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>',
  ].join('\n');

  test.each([
    group,
    `${group}\nList-Post: <https://groups.example/support/post>, <mailto:Support@example.org>`,
    'List-Post: <mailto:hilfe@example.org>\nPrecedence: list',
  ])('and the list is an address of ours: a person wrote it, who is answered', async (head) => {
    expect(verdictWords(await judge(head))).toEqual(['list']);
  });

  test('nor does a list of ours make a person of a machine', async () => {
    for (const field of ['Auto-Submitted: auto-replied', 'Precedence: bulk', 'Subject: Out of Office']) {
      expect(verdictWords(await judge(`${group}\n${field}`))).toEqual(['no_auto_answer', 'automatic', 'list']);
    }
  });

  test('a list whose name is like ours is not ours', async () => {
    for (const field of ['List-Id: <support.example.org.evil.example>', 'List-Post: <mailto:xsupport@example.org>']) {
      expect(verdictWords(await judge(field))).toEqual(['no_auto_answer', 'automatic', 'list']);
    }
  });

  test('bulk is no list', async () => {
    expect(verdictWords(await judge('Precedence: bulk'))).toEqual(['no_auto_answer', 'automatic']);
  });
});

describe('what we wrote ourselves', () => {
  test('needs our keyed mark; a copied header name proves nothing', async () => {
    expect((await judge(`X-Lotse-Loop: ${loopMark(key, workspaceId)}`)).ownMail).not.toEqual([]);
    const other = await judge(`X-Lotse-Loop: ${loopMark(key, '5b9f4cbe-64a8-4b0c-9d1f-0b7d0a5f3a12')}`);
    expect(other.ownMail).toEqual([]);
    const forged = await judge(`X-Lotse-Loop: ${loopMark(Buffer.alloc(32, 4), workspaceId)}`);
    expect(forged.ownMail).toEqual([]);
    expect(forged.noAutoAnswer).not.toEqual([]);
  });
});

describe('what came back', () => {
  const report = (action: string, status: string) =>
    `--r\nContent-Type: text/plain\n\nIhre Mail\n--r\nContent-Type: MESSAGE/Delivery-Status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; Erika@Example.com\nAction: ${action}\nStatus: ${status}\nDiagnostic-Code: smtp; 550 5.1.1\n  no such user\n--r\nContent-Type: text/rfc822-headers\n\nMessage-ID: <lotse.1@example.org>\nSubject: x\n--r--`;
  const head = 'Subject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=r';

  test('a failure names its recipient, status and the mail it was', async () => {
    const { bounce, report: found } = await judge(head, report('failed', '5.1.1'), 'MAILER-DAEMON@mx.example.net');
    expect(bounce).not.toEqual([]);
    expect(found).toEqual({
      action: 'failed',
      recipient: 'erika@example.com',
      recipients: [
        {
          final: 'erika@example.com',
          original: '',
          action: 'failed',
          status: '5.1.1',
          diagnostic: 'smtp; 550 5.1.1 no such user',
        },
      ],
      status: '5.1.1',
      diagnostic: 'smtp; 550 5.1.1 no such user',
      permanent: true,
      originalMessageId: 'lotse.1@example.org',
      reasons: ['delivery-status part'],
    });
  });

  test.each([
    ['delayed', '4.4.1'],
    ['delivered', '2.0.0'],
    ['relayed', '2.0.0'],
  ])('%s is a report and no bounce', async (action, status) => {
    const verdicts = await judge(head, report(action, status), 'MAILER-DAEMON@mx.example.net');
    expect(verdicts.bounce).toEqual([]);
    expect(verdicts.report).toMatchObject({ action, permanent: false });
    expect(verdicts.automatic).not.toEqual([]);
  });

  test('a bounce without a report part is known by its sender and its words', async () => {
    const { bounce, report: found } = await judge(
      'Subject: failure notice',
      'Hi. This is the qmail-send program.\n<erika@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <lotse.2@example.org>',
      'MAILER-DAEMON@mx.example.net',
    );
    expect(bounce).not.toEqual([]);
    expect(found).toMatchObject({
      recipient: 'erika@example.com',
      status: '5.1.1',
      originalMessageId: 'lotse.2@example.org',
    });
  });

  test('a person writing about a failed delivery is no bounce', async () => {
    for (const subject of ['Undelivered Mail Returned to Sender', 'Paket nicht zugestellt', 'Fwd: failure notice']) {
      expect((await judge(`Subject: ${subject}`, 'Ihre Mail kam zurück: 550 user unknown')).bounce).toEqual([]);
    }
  });

  test('a complaint is neither bounce nor ticket noise', async () => {
    const verdicts = await judge(
      'Content-Type: multipart/report; report-type=feedback-report; boundary=r',
      '--r\nContent-Type: text/plain\n\nx\n--r\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <erika@example.com>\n--r--',
    );
    expect(verdicts.report).toMatchObject({ action: 'complaint', recipient: 'erika@example.com' });
    expect(verdicts.bounce).toEqual([]);
    expect(verdictWords(verdicts)).toEqual(['no_auto_answer', 'automatic', 'complaint']);
  });

  describe('a notification of Amazon SES', () => {
    const sns = 'SNS <no-reply@sns.amazonaws.com>';
    const headers = '"headers":[{"name":"From","value":"x"},{"name":"Message-ID","value":"<lotse.3@example.org>"}]';
    const failure =
      '"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"Erika@example.com","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 no such user"}]}';
    const bounce = `{"notificationType":"Bounce",${failure},"mail":{${headers}}}`;

    test.each([
      ['plain', bounce],
      ['as a string', JSON.stringify({ Type: 'Notification', Message: bounce })],
      ['folded by a relay', bounce.replace('"emailAddress"', '"email!\r\n Address"')],
    ])('of a failure, %s', async (_, text) => {
      const { report: found } = await judge('Subject: AWS Notification Message', text, sns);
      expect(found).toMatchObject({
        action: 'failed',
        permanent: true,
        recipient: 'erika@example.com',
        status: '5.1.1',
        diagnostic: 'smtp; 550 no such user',
        originalMessageId: 'lotse.3@example.org',
      });
    });

    test.each([
      ['Complaint', 'complaint'],
      ['Delivery', 'delivered'],
    ])('of a %s is no bounce', async (kind, action) => {
      const verdicts = await judge('Subject: x', `{"notificationType":"${kind}","mail":{${headers}}}`, sns);
      expect(verdicts.bounce).toEqual([]);
      expect(verdicts.report).toMatchObject({ action, permanent: false, originalMessageId: 'lotse.3@example.org' });
    });

    test('counts from its own address alone', async () => {
      expect((await judge('Subject: x', bounce)).report).toBeNull();
    });
  });
});
