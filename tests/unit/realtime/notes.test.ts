import { expect, test, vi } from 'vitest';
import { Doc } from 'yjs';
import { log } from '#server/log.ts';
import { Editor } from '#server/realtime/notes/editor.ts';
import { closes, unsentBytes } from '#server/realtime/notes/limits.ts';
import type { Note } from '#server/realtime/notes/note.ts';
import { messages } from '#server/realtime/notes/protocol.ts';
import { receive } from '#server/realtime/notes/receive.ts';

function editorAt(bufferedAmount = 0) {
  const socket = { OPEN: 1, readyState: 1, bufferedAmount, send: vi.fn(), close: vi.fn(), terminate: vi.fn() };
  return { socket, editor: new Editor({ socket: socket as never, memberId: 'm', name: 'Ben', mayWork: true }) };
}

test('who does not read is cut off, and not before the whole document may be on its way to him', () => {
  const [reads, waits] = [editorAt(unsentBytes), editorAt(unsentBytes + 1)];
  for (const { editor } of [reads, waits]) editor.send(new Uint8Array(10));
  expect(reads.socket.send).toHaveBeenCalledOnce();
  expect(reads.socket.terminate).not.toHaveBeenCalled();
  expect(waits.socket.terminate).toHaveBeenCalledOnce();
  expect(waits.socket.send).not.toHaveBeenCalled();
});

test('what cannot be read is his fault and for good; what fails afterwards is ours, told, and he may come again', () => {
  const told = vi.spyOn(log, 'error').mockReturnValue();
  const bug = () => {
    throw new Error('A bug of ours');
  };
  const note = { address: { ticketId: 't' }, answer: bug, take: bug } as unknown as Note;
  const ours = editorAt();
  receive(note, ours.editor, messages.missing(new Doc(), new Uint8Array([0])));
  expect(ours.socket.close).toHaveBeenCalledWith(closes.again, 'unexpected');
  expect(told).toHaveBeenCalledOnce();
  for (const nonsense of [
    [9, 9],
    [0, 0, 2, 255, 255],
    [0, 2, 2, 255, 255],
    [1, 3, 1, 1, 1, 123],
  ]) {
    const his = editorAt();
    receive(note, his.editor, Buffer.from(nonsense));
    expect(his.socket.close).toHaveBeenCalledWith(closes.badFrame, 'bad.input');
  }
  expect(told).toHaveBeenCalledOnce();
  told.mockRestore();
});
