import { expect, test } from 'vitest';
import { outlookThreadOf } from '#server/mail/outlook-thread.ts';

const index = Buffer.alloc(22, 7).toString('base64');
const of = (headers: Record<string, string>) =>
  outlookThreadOf({ headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])) });

test('what Outlook puts a thread together by is kept as it is', () => {
  expect(of({ 'thread-index': ` ${index} `, 'thread-topic': '=?utf-8?Q?K=C3=A4lte?=' })).toEqual({
    threadIndex: index,
    threadTopic: '=?utf-8?Q?K=C3=A4lte?=',
  });
});

test('what is none, or too long for one, is left out', () => {
  const none = { threadIndex: '', threadTopic: '' };
  expect(of({})).toEqual(none);
  expect(of({ 'thread-index': 'kurz', 'thread-topic': 'Kälte' })).toEqual(none);
  expect(of({ 'thread-index': `${index}\r\nBcc: a@b.example`, 'thread-topic': `a\r\nBcc: a@b.example` })).toEqual(none);
  expect(of({ 'thread-index': 'A'.repeat(1_000), 'thread-topic': 'x'.repeat(1_000) })).toEqual(none);
});
