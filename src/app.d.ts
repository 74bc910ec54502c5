import type { Language } from '#lib/i18n/languages.ts';
import type { Fault } from '#lib/shared/faults.ts';
import type { Membership } from '#server/auth/membership.ts';
import type { Session } from '#server/auth/session.ts';

declare global {
  namespace App {
    interface Error {
      /** Stands in the log beside what happened; empty where the request was at fault. */
      id: string;
      message: string;
      /** What kind of trouble it is, where it passes by itself: a FaultCode, or `server.away`. */
      code?: string;
    }

    interface Locals {
      /** Verified and not revoked. */
      session: Session | null;
      /** Who the person is in the workspace that the address names; null elsewhere. */
      member: (Membership & { id: string }) | null;
      language: Language;
      /** Set when the request met trouble that passes: then the answer is 503. */
      fault?: Fault;
    }
  }
}

export {};
