import { invalidate, invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/** Once nobody is on his way to another page: arrived, failed or given up; given up, he may be on another way by then. */
export async function arrived(): Promise<void> {
  let known: Promise<void> | null = null;
  while (navigating.complete && navigating.complete !== known) {
    known = navigating.complete;
    // Whoever navigates is told there what became of it.
    await Promise.allSettled([known]);
  }
}

/**
 * Reads anew what the page shows, or what of it depends on `key`, once nobody is on his way to another page: SvelteKit drops a
 * navigation when something is invalidated meanwhile, and what somebody clicked would never happen.
 */
export async function readAnew(key?: string): Promise<void> {
  await arrived();
  await (key === undefined ? invalidateAll() : invalidate(key));
}
