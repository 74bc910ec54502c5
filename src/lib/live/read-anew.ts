import { invalidate, invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/**
 * Reads anew what the page shows, or what of it depends on `key`, once nobody is on his way to another page: SvelteKit drops a
 * navigation when something is invalidated meanwhile, and what somebody clicked would never happen.
 */
export async function readAnew(key?: string): Promise<void> {
  // Arrived, failed or given up: whoever navigates is told of it there.
  await Promise.allSettled([navigating.complete]);
  await (key === undefined ? invalidateAll() : invalidate(key));
}
