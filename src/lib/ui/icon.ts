import type { LucideIcon } from '@lucide/svelte';

/** Icons are lucide's, imported one by one: `import Inbox from '@lucide/svelte/icons/inbox'`. */
export type Icon = LucideIcon;
