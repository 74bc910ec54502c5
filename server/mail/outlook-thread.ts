import type { ParsedMail } from './parsed.ts';

/** What Outlook puts a thread together by (MS-OXOMSG 2.2.1.2 and 2.2.1.3): the first 22 bytes of the index are the thread. */
export type OutlookThread = { threadIndex: string; threadTopic: string };

/** Fit to be written into an answer as they are: Base64 of at least a thread, one line of ASCII; else ''. */
export function outlookThreadOf({ headers }: Pick<ParsedMail, 'headers'>): OutlookThread {
  const index = headers.get('thread-index')?.[0]?.trim() ?? '';
  const topic = headers.get('thread-topic')?.[0]?.trim() ?? '';
  return {
    threadIndex: /^[A-Za-z0-9+/]{30,396}={0,2}$/.test(index) ? index : '',
    threadTopic: /^[\x20-\x7e]{1,250}$/.test(topic) ? topic : '',
  };
}
