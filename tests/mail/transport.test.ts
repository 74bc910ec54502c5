import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { sendMail, smtpServerOf, type SmtpServer } from '#server/mail/transport.ts';

const bytes = Buffer.from(
  'From: support@example.org\r\nTo: erika@example.com\r\nSubject: x\r\n\r\nText\r\n.\r\nEnde\r\n',
);
const parcel = { bytes, envelope: { from: 'support@example.org', to: ['erika@example.com'] } };
const open: { close: () => void }[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const at = (port: number): SmtpServer => ({ host: '127.0.0.1', port, security: 'none', user: '', password: '' });

async function smtp(options: SMTPServerOptions): Promise<SmtpServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    ...options,
  });
  server.on('error', () => undefined);
  open.push({ close: () => void server.close() });
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return at((listener.address() as AddressInfo).port);
}

/** A server that speaks a script: the reply to each command, or `null` to hang up; `.` is the end of the text. */
async function scripted(replies: Record<string, string | null>): Promise<SmtpServer> {
  const server: Server = createServer((socket) => speak(socket, replies));
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return at((server.address() as AddressInfo).port);
}

function speak(socket: Socket, replies: Record<string, string | null>): void {
  const all: Record<string, string | null> = {
    greeting: '220 ready',
    EHLO: '250 hello',
    MAIL: '250 ok',
    RCPT: '250 ok',
    DATA: '354 go',
    '.': '250 queued as 7',
    QUIT: '221 bye',
    ...replies,
  };
  const say = (word: string) => {
    const reply = all[word];
    if (reply === null || reply === undefined) socket.destroy();
    else socket.write(`${reply}\r\n`);
  };
  let isText = false;
  let rest = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString();
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (isText && line !== '.') continue;
      if (line === 'DATA') isText = all['DATA']?.startsWith('354') === true;
      else if (isText) isText = false;
      say(line === '.' ? '.' : (line.split(' ')[0] ?? ''));
    }
  });
  say('greeting');
}

describe('a mail is sent', () => {
  test('with its stored bytes, and the server’s own words come back', async () => {
    const taken: string[] = [];
    const server = await smtp({
      onData(stream, _session, callback) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          taken.push(Buffer.concat(chunks).toString());
          callback(null, 'queued as 42');
        });
      },
    });
    const result = await sendMail(server, parcel);
    expect(taken).toEqual([bytes.toString()]);
    expect(result).toEqual({
      outcome: 'sent',
      response: '250 queued as 42',
      recipients: [{ address: 'erika@example.com', outcome: 'sent', response: '250 queued as 42' }],
    });
  });

  test('to those the server takes; the others are named', async () => {
    const server = await smtp({
      onRcptTo({ address }, _session, callback) {
        callback(address.startsWith('nobody') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null);
      },
      onData(stream, _session, callback) {
        stream.resume();
        stream.on('end', () => callback());
      },
    });
    const result = await sendMail(server, {
      bytes,
      envelope: { from: 'support@example.org', to: ['erika@example.com', 'nobody@example.com'] },
    });
    expect(result.outcome).toBe('sent');
    expect(result.recipients).toMatchObject([
      { address: 'erika@example.com', outcome: 'sent' },
      { address: 'nobody@example.com', outcome: 'permanent', response: '550 no such user' },
    ]);
  });
});

describe('a mail is not sent', () => {
  test.each<[string, Record<string, string | null>, string]>([
    ['no to the recipient', { RCPT: '550 5.1.1 no such user' }, 'permanent'],
    ['greylisting', { RCPT: '451 4.7.1 come back later' }, 'temporary'],
    ['no to the sender', { MAIL: '553 not from you' }, 'permanent'],
    ['authentication asked for', { MAIL: '530 5.7.0 authentication required' }, 'auth'],
    ['no before the text', { DATA: '554 no' }, 'permanent'],
    ['no after the text', { '.': '554 5.7.1 looks like spam' }, 'permanent'],
    ['not now after the text', { '.': '452 disk full' }, 'temporary'],
    ['closing after the text', { '.': '421 shutting down' }, 'temporary'],
    ['no to the connection', { greeting: '554 go away' }, 'temporary'],
    ['busy', { greeting: '421 too many connections' }, 'temporary'],
    ['hang-up at once', { greeting: null }, 'temporary'],
    ['hang-up at RCPT', { RCPT: null }, 'temporary'],
    ['hang-up at DATA', { DATA: null }, 'temporary'],
    ['hang-up after the whole text', { '.': null }, 'unknown'],
  ])('%s', async (_, replies, outcome) => {
    const result = await sendMail(await scripted(replies), parcel);
    expect(result.outcome).toBe(outcome);
    expect(result.response).not.toBe('');
  });

  test('a refused recipient among refused ones decides nothing while another may still be taken', async () => {
    const server = await smtp({
      onRcptTo({ address }, _session, callback) {
        callback(Object.assign(new Error('no'), { responseCode: address.startsWith('later') ? 451 : 550 }));
      },
    });
    const result = await sendMail(server, {
      bytes,
      envelope: { from: 'support@example.org', to: ['nobody@example.com', 'later@example.com'] },
    });
    expect(result.outcome).toBe('temporary');
    expect(result.recipients.map(({ address, outcome }) => [address, outcome])).toEqual([
      ['nobody@example.com', 'permanent'],
      ['later@example.com', 'temporary'],
    ]);
  });

  test('nobody listens', async () => {
    const server = await scripted({});
    open.splice(0).forEach((listener) => listener.close());
    expect((await sendMail(server, parcel)).outcome).toBe('temporary');
  });

  test('the password is wrong: the account is at fault, not the mail', async () => {
    const server = await smtp({
      authOptional: false,
      onAuth: (_auth, _session, callback) => callback(Object.assign(new Error('Invalid login'), { responseCode: 535 })),
    });
    const result = await sendMail({ ...server, user: 'support', password: 'wrong' }, parcel);
    expect(result.outcome).toBe('auth');
    expect(result.response).not.toContain('wrong');
  });

  test('the server offers no encryption where it is asked for', async () => {
    const server = await smtp({});
    expect((await sendMail({ ...server, security: 'starttls' }, parcel)).outcome).toBe('temporary');
  });

  test('the certificate is nobody’s', async () => {
    const server = await smtp({ disabledCommands: [] });
    expect((await sendMail({ ...server, security: 'starttls' }, parcel)).outcome).toBe('temporary');
    expect((await sendMail({ ...server, security: 'starttls', rejectUnauthorized: false }, parcel)).outcome).toBe(
      'sent',
    );
  });

  test('an address no server could take', async () => {
    const result = await sendMail(await scripted({}), {
      bytes,
      envelope: { from: 'support@example.org', to: ['a@example.com>\r\nRCPT TO:<b@example.com'] },
    });
    expect(result.outcome).toBe('permanent');
  });
});

test.each([
  [
    'smtps://desk%40example.org:p%40ss@mail.example.org',
    { host: 'mail.example.org', port: 465, security: 'tls', user: 'desk@example.org', password: 'p@ss' },
  ],
  [
    'smtp://desk:pass@mail.example.org',
    { host: 'mail.example.org', port: 587, security: 'starttls', user: 'desk', password: 'pass' },
  ],
  [
    'smtp://mail.example.org:25',
    { host: 'mail.example.org', port: 25, security: 'opportunistic', user: '', password: '' },
  ],
  [
    'smtp://desk:pass@127.0.0.1:1025',
    { host: '127.0.0.1', port: 1025, security: 'opportunistic', user: 'desk', password: 'pass' },
  ],
])('%s is understood', (url, server) => {
  expect(smtpServerOf(url)).toEqual(server);
});
