/** Mail that waits for a person, of accounts that ask first. */
export { archive, ignore, letGo, restore, take } from './inbox/decide.ts';
export { attach, makeTicket } from './inbox/file.ts';
export { fileOfMail, letterOf, pictureOf, type InboxLetter } from './inbox/letter.ts';
export { inboxMails, inboxShows, mailsPerPage, waitingCount, type InboxMail, type InboxShow } from './inbox/list.ts';
export { mailsOf, type MailLine } from './inbox/mails-of.ts';
export { wait, type Waiting } from './inbox/wait.ts';
