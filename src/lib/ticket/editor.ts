import { Editor, type AnyExtension } from '@tiptap/core';
import { Placeholder } from '@tiptap/extensions';
import StarterKit, { type StarterKitOptions } from '@tiptap/starter-kit';

type Options = {
  element: HTMLElement;
  /** Its accessible name. */
  label: string;
  placeholder: string;
  extensions?: AnyExtension[];
  html?: string;
  editable?: boolean;
  /** The document's own undo, where another keeps the history (shared notes). */
  undo?: boolean;
  onchange?: (editor: Editor) => void;
  onsend?: () => void;
  onfiles?: (files: File[]) => void;
};

/** What server/html.ts lets through, and no more: what one sees while writing is what arrives. */
const schema = {
  heading: false,
  codeBlock: false,
  code: false,
  horizontalRule: false,
  underline: false,
  link: {
    openOnClick: false,
    autolink: true,
    defaultProtocol: 'https',
    protocols: ['mailto', 'tel'],
    HTMLAttributes: { rel: 'noopener noreferrer nofollow', target: '_blank' },
  },
} satisfies Partial<StarterKitOptions>;

export function createEditor({
  element,
  label,
  placeholder,
  extensions = [],
  undo = true,
  ...options
}: Options): Editor {
  return new Editor({
    element,
    content: options.html ?? '',
    editable: options.editable ?? true,
    extensions: [
      StarterKit.configure({ ...schema, ...(undo ? {} : { undoRedo: false as const }) }),
      Placeholder.configure({ placeholder }),
      ...extensions,
    ],
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, class: 'rich' },
      handleKeyDown(_, event) {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !options.onsend) return false;
        options.onsend();
        return true;
      },
      handlePaste: (_, event) => take(event, event.clipboardData),
      handleDrop: (_, event) => take(event, event.dataTransfer),
    },
    onUpdate: ({ editor }) => options.onchange?.(editor),
    onTransaction: ({ editor }) => options.onchange?.(editor),
  });

  /** Files become attachments; text stays text, also where an office program adds a picture of it. */
  function take(event: Event, data: DataTransfer | null): boolean {
    const files = [...(data?.files ?? [])];
    if (!options.onfiles || files.length === 0 || data?.types.includes('text/html')) return false;
    event.preventDefault();
    options.onfiles(files);
    return true;
  }
}

export type { Editor };
