/* What of SvelteKit's navigation and state a customer's line needs, in the hands of customer.ts. */

export const page = { read: (): Promise<void> => Promise.resolve() };

export function invalidate(): Promise<void> {
  return page.read();
}

export const invalidateAll = invalidate;

/** Nobody ever leaves this page. */
export const navigating = { complete: null };
