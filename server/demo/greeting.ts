import { config } from '#server/config.ts';
import { accounts, colleagues, company, emailOf, password } from './cast.ts';

/** What a newcomer reads in the console: where it is, who signs in, how to send it a mail, what to look at. */
export function greeting(smtpPort: number | null): string {
  const board = `${config().address}/${company.slug}/board`;
  const people = colleagues
    .filter((colleague) => colleague.signsIn)
    .map(({ key, name, role }) => `  ${emailOf(key).padEnd(26)} ${name}, ${role}`);
  return [
    '',
    `The demo is "${company.name}": a housing company's service desk and its small IT team.`,
    '',
    `Board      ${board}`,
    `Password   ${password}   (the same for all three)`,
    ...people,
    '',
    ...(smtpPort === null ? [] : mailLines(smtpPort)),
    'What to try',
    '  1. Sign in as Mona in one window and as Ben in a private one. Ben drags a card to himself: it flies there on both.',
    '  2. Send the mail above: a card appears in its pool. Claim it, answer it, write an internal comment.',
    `  3. Read the answer under Settings, Outgoing mail (${config().address}/${company.slug}/settings/outbox), as Ada: no mail`,
    '     leaves this machine. Its link opens the customer’s page: chat with yourself, on a phone if you like.',
    '  4. Open the same ticket in both windows and write in its notes together.',
    '  5. As Mona, drag a card onto a colleague. Then close a ticket and inform the customer.',
    '',
    'The data stay where they are: the next `npm run demo` finds them as you left them.',
    '',
  ].join('\n');
}

function mailLines(port: number): string[] {
  const to = accounts[0]?.address ?? '';
  const mail = `{from:'Petra Weber <petra.weber@example.org>',to:'${to}',subject:'Heizung wieder kalt',text:'Guten Tag, seit eben ist es wieder kalt.'}`;
  return [
    'Send it a mail (from this folder, in a second terminal; any of the addresses works)',
    `  node -e "import('nodemailer').then(m=>m.default.createTransport({host:'127.0.0.1',port:${port},ignoreTLS:true}).sendMail(${mail}))"`,
    `  ${accounts.map((account) => account.address).join('  ')}`,
    '',
  ];
}
