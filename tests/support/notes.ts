import { fork } from 'node:child_process';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { updatesAfter } from '#server/domain/notes.ts';
import type { Live } from './live.ts';

export type Notes = {
  doc: Y.Doc;
  text: Y.Text;
  provider: WebsocketProvider;
  closed: Promise<{ code: number }>;
  stop(): void;
};

type NotesOptions = {
  slug: string;
  ticket: string;
  cookie: string;
  generation?: number;
  doc?: Y.Doc;
  connect?: boolean;
};

/** An editor of a ticket's notes, over the client that the web app uses. */
export function openNotesOf(
  live: Pick<Live, 'port'>,
  { slug, ticket, cookie, generation = 1, doc = new Y.Doc() }: NotesOptions,
): Notes {
  class SignedInSocket extends WebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols, { headers: { cookie } });
    }
  }
  const provider = new WebsocketProvider(`ws://127.0.0.1:${live.port}/notes`, `${slug}/${ticket}/${generation}`, doc, {
    disableBc: true,
    // y-websocket's type wants the browser's class.
    WebSocketPolyfill: SignedInSocket as unknown as typeof globalThis.WebSocket,
  });
  const closed = new Promise<{ code: number }>((resolve) => provider.on('closed', resolve));
  return { doc, text: doc.getText('t'), provider, closed, stop: () => provider.destroy() };
}

export async function synced(notes: Notes): Promise<Notes> {
  if (!notes.provider.synced) await new Promise<void>((resolve) => notes.provider.once('sync', () => resolve()));
  return notes;
}

/** Resolves once the text is so. */
export function reads(
  { doc, text }: Pick<Notes, 'doc'> & { text: { toString(): string } },
  wanted: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Reads "${text.toString()}", not "${wanted}"`)), 10_000);
    const look = () => {
      if (text.toString() !== wanted) return;
      clearTimeout(timer);
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
    look();
  });
}

/** What a new reader would read. */
export async function storedText(workspaceId: string, ticketId: string): Promise<string> {
  const doc = new Y.Doc();
  const { updates } = await updatesAfter({ workspaceId, ticketId, generation: 1 }, 0);
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
}

export type Killable = Awaited<ReturnType<typeof startKillable>>;

/** A live server of its own that can be killed. */
export async function startKillable(ownerUrl: string, port: number, settings: Record<string, string> = {}) {
  const env = { ...process.env, ...settings };
  const child = fork('tests/support/live-process.ts', [ownerUrl, String(port)], { stdio: 'inherit', env });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise<{ port: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number }));
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
  });
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    /** Asks at once which sessions and links still live. */
    check: () => void child.send('check'),
    kill: () => (child.kill('SIGKILL'), exited),
    /** Neither dead nor alive, until it goes on. */
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}
