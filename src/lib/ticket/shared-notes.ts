import { Collaboration } from '@tiptap/extension-collaboration';
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { notesPath } from '#lib/shared/wire.ts';
import { createEditor, type Editor } from './editor.ts';
import { comeBackByChance } from './notes-comeback.ts';

export type NotesState = 'connecting' | 'live' | 'offline' | 'ended';
export type Writer = { name: string; color: string };

type Options = {
  element: HTMLElement;
  workspace: string;
  ticket: string;
  generation: number;
  me: Writer;
  editable: boolean;
  label: string;
  placeholder: string;
  onstate: (state: NotesState) => void;
  /** Who has the notes open, other than on this screen. */
  onwriters: (writers: Writer[]) => void;
};

const signInCode = 4401;
const readOnlyMessage = 2;

/** The shared notes of one ticket in an element: one document, several carets. Offline changes are kept and joined later. */
export function openNotes({
  element,
  workspace,
  ticket,
  generation,
  me,
  editable,
  onstate,
  onwriters,
  ...words
}: Options) {
  const document = new Doc();
  const protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const provider = new WebsocketProvider(
    `${protocol}//${location.host}${notesPath}`,
    `${workspace}/${ticket}/${generation}`,
    document,
    // Every tab speaks to the server alone: it is the server that knows who may still write.
    { disableBc: true },
  );
  comeBackByChance(provider);
  const editor: Editor = createEditor({
    element,
    ...words,
    editable: false,
    undo: false,
    extensions: [
      Collaboration.configure({ document }),
      CollaborationCaret.configure({ provider, user: me, render: caret }),
    ],
  });

  provider.on('status', ({ status }) =>
    onstate(status === 'connected' ? 'live' : status === 'connecting' ? 'connecting' : 'offline'),
  );
  // Before the first sync an empty document would look like an empty note, and writing into it like the beginning of one.
  provider.on('sync', (isSynced) => isSynced && editor.setEditable(editable));
  provider.on('closed', ({ code }) => {
    editor.setEditable(false);
    if (code !== signInCode) return onstate('ended');
    void sessionIsRenewed().then((isRenewed) => (isRenewed ? provider.connect() : onstate('ended')));
  });
  // Read only, the server says: it drops what is written here from now on.
  provider.messageHandlers[readOnlyMessage] = () => editor.setEditable(false);
  const tell = () => onwriters(othersIn(provider));
  provider.awareness.on('change', tell);

  return {
    setEditable: (now: boolean) => {
      editable = now;
      if (provider.synced) editor.setEditable(now);
    },
    close() {
      provider.awareness.off('change', tell);
      editor.destroy();
      provider.destroy();
      document.destroy();
    },
  };
}

/** The access token ran out while the line was down: any request renews the cookies, as long as the session lives. */
async function sessionIsRenewed(): Promise<boolean> {
  try {
    return (await fetch('/login/session', { signal: AbortSignal.timeout(10_000) })).status === 204;
  } catch {
    // No network: what was typed stays here, and a reload brings the page back.
    return false;
  }
}

export type OpenNotes = ReturnType<typeof openNotes>;

function othersIn({ awareness }: WebsocketProvider): Writer[] {
  const others = new Map<string, Writer>();
  for (const [client, state] of awareness.getStates()) {
    const user: unknown = state['user'];
    if (client !== awareness.clientID && isWriter(user)) others.set(user.name, user);
  }
  return [...others.values()];
}

function isWriter(user: unknown): user is Writer {
  return (
    typeof user === 'object' && user !== null && 'name' in user && typeof user.name === 'string' && user.name !== ''
  );
}

/** The name stands above the caret while somebody moves it. */
function caret({ name, color }: Record<string, unknown>): HTMLElement {
  const mark = globalThis.document.createElement('span');
  mark.className = 'caret';
  mark.style.setProperty('--writer', String(color));
  const label = globalThis.document.createElement('span');
  label.className = 'caret-name';
  label.textContent = String(name);
  mark.append(label);
  return mark;
}
