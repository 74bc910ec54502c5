/* What of SvelteKit's navigation a customer's line needs, in the hands of customer.ts. */

export const page = { read: (): Promise<void> => Promise.resolve() };

export function invalidate(): Promise<void> {
  return page.read();
}
