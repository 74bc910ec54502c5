// The words of a ticket. The same lists stand as checks in supabase/migrations.

export const statuses = ['draft', 'open', 'assigned', 'in_progress', 'done', 'closed', 'cancelled'] as const;
export type Status = (typeof statuses)[number];

export const priorities = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof priorities)[number];

export const channels = ['mail', 'form', 'portal', 'phone', 'code', 'api', 'hand'] as const;
export type Channel = (typeof channels)[number];

export const visibilities = ['internal', 'public'] as const;
export type Visibility = (typeof visibilities)[number];

export const roles = ['administrator', 'moderator', 'member'] as const;
export type Role = (typeof roles)[number];

/** Closed and cancelled tickets leave the board and take nothing more from customers. */
export function isEnded(status: Status): boolean {
  return status === 'closed' || status === 'cancelled';
}
