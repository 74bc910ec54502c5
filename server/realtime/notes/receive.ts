import { reportUnexpected } from '#server/log.ts';
import type { Editor } from './editor.ts';
import { closes } from './limits.ts';
import type { Note } from './note.ts';
import { messages, readMessage, type Message } from './protocol.ts';

/** What an editor's browser said. */
export function receive(note: Note, editor: Editor, frame: Uint8Array): void {
  const { socket, pace } = editor;
  if (socket.readyState !== socket.OPEN) return;
  if (!pace.takes(frame)) return socket.close(closes.tooFast, 'too.many');
  const message = read(frame);
  // Not the protocol: no page of ours sends it.
  if (!message) return socket.close(closes.badFrame, 'bad.input');
  if (isWhole(message) && !pace.takesWhole()) return socket.close(closes.tooFast, 'too.many');
  try {
    follow(note, editor, message);
  } catch (error) {
    reportUnexpected(error, { part: 'notes', ticketId: note.address.ticketId });
    socket.close(closes.again, 'unexpected');
  }
}

function read(frame: Uint8Array): Message | null {
  try {
    return readMessage(frame);
  } catch {
    // Whatever is wrong with it, it came from outside.
    return null;
  }
}

/** Asks for all there is, or has to be compared with it: a page does both once, when it connects. */
function isWhole(message: Message): boolean {
  return message.kind === 'state' || message.kind === 'askCursors' || (message.kind === 'update' && message.isAnswer);
}

function follow(note: Note, editor: Editor, message: Message): void {
  if (message.kind === 'state') note.answer(editor, message.vector);
  if (message.kind === 'askCursors') editor.send(messages.cursors(note.cursors.all()));
  // A reader's edits are dropped; that he may read only was told to his page.
  if (message.kind === 'update' && editor.mayWork) note.take(editor, message.update, { isAnswer: message.isAnswer });
  if (message.kind === 'cursors') {
    const said = note.cursors.say(editor.socket, editor, message.entries);
    if (said) note.tellCursors(said, editor);
  }
}
