import { invalidate, invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/**
 * Reads anew what the page shows, or what of it depends on `key`, once nobody is on his way to another page: SvelteKit drops a
 * navigation when something is invalidated meanwhile, and what somebody clicked would never happen.
 */
export async function readAnew(key?: string): Promise<void> {
  // Arrived, failed or given up: whoever navigates is told of it there. Given up, he may be on another way by now.
  let known: Promise<void> | null = null;
  while (navigating.complete && navigating.complete !== known) {
    known = navigating.complete;
    await Promise.allSettled([known]);
  }
  await (key === undefined ? invalidateAll() : invalidate(key));
}
