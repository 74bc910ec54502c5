import * as notes from '#server/domain/notes.ts';
import { reportUnexpected } from '#server/log.ts';
import type { Editor } from './editor.ts';
import { closes } from './limits.ts';
import type { Note } from './note.ts';
import { messages } from './protocol.ts';

/** After something that may have changed their rights: sends nothing to an editor until it is known that he may still read. */
export async function recheck(note: Note, editors: readonly Editor[]): Promise<void> {
  // Whose rights are being read already, they are read again for this change: the answer on its way may be older.
  const unasked = editors.filter((editor) => editor.unchecked++ === 0);
  for (const editor of unasked) {
    try {
      await release(note, editor);
    } catch (error) {
      reportUnexpected(error, { part: 'notes' });
      editor.socket.close(closes.again, 'unexpected');
    }
  }
}

async function release(note: Note, editor: Editor): Promise<void> {
  const { workspaceId, ticketId, generation } = note.address;
  const { socket, memberId } = editor;
  while (socket.readyState === socket.OPEN) {
    const changes = editor.unchecked;
    const rights = await notes.rightsTo({ workspaceId, memberId }, ticketId);
    if (!rights.sees) return socket.close(closes.forbidden, 'ticket.notFound');
    if (rights.generation !== generation) return socket.close(closes.oldGeneration, 'note.generation');
    if (rights.mayWork && !editor.mayWork) return socket.close(closes.again, 'rights');
    if (!rights.mayWork && editor.mayWork) socket.send(messages.readOnly());
    editor.mayWork = rights.mayWork;
    if (editor.unchecked !== changes) continue;
    editor.unchecked = 0;
    return note.resume(editor);
  }
}
