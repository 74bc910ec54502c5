import { orFault } from './fault.ts';
import type { TransactionSql } from './pool.ts';
import { begin } from './transaction.ts';

/** Who acts. One request acts in one workspace in one capacity, verified before it gets here. */
export type Actor =
  | { kind: 'member'; workspaceId: string; memberId: string }
  | { kind: 'contact'; workspaceId: string; contactId: string }
  /** `isAttended`: he chats while an agent has his ticket open. */
  | { kind: 'link'; workspaceId: string; linkId: string; isAttended?: boolean }
  /** Without a workspace the system reaches all of them: mail intake, jobs, sign-in. */
  | { kind: 'system'; workspaceId: string | null };

export type Tx = {
  readonly sql: TransactionSql;
  readonly actor: Actor;
  readonly commandId: string | null;
  /** Consequences of an act, as lotse_system in the same transaction; the act itself is the actor's, where RLS decides. */
  system<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  /** The same where nothing follows: the actor's role is not taken again, which saves a round trip. */
  last<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
};

export type TxOptions = {
  readOnly?: boolean;
  /** One snapshot for all reads: a page and its cursor. */
  repeatable?: boolean;
  commandId?: string;
};

const roles = {
  member: 'lotse_member',
  contact: 'lotse_customer',
  link: 'lotse_customer',
  system: 'lotse_system',
} as const;

/**
 * Runs `work` in one transaction under the identity of `actor`. Commits when it resolves, rolls back when it throws.
 * @throws Fault when the database cannot work just now
 */
export function asActor<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options: TxOptions = {}): Promise<T> {
  const mode = [
    options.repeatable ? 'isolation level repeatable read' : '',
    options.readOnly ? 'read only' : '',
  ].filter(Boolean);
  const transaction = begin(mode.join(' '), async (sql) => {
    const identity = identify(sql, actor, options.commandId ?? null).execute();
    const isSystem = actor.kind === 'system';
    // Sent without waiting: the connection keeps the order, and a failure ends the transaction.
    const last: Tx['last'] = async (consequence) => {
      if (isSystem) return consequence(sql);
      const [, result] = await Promise.all([takeRole(sql, 'lotse_system').execute(), consequence(sql)]);
      return result;
    };
    const tx: Tx = {
      sql,
      actor,
      commandId: options.commandId ?? null,
      last,
      async system(consequence) {
        const result = await last(consequence);
        if (!isSystem) await takeRole(sql, roles[actor.kind]);
        return result;
      },
    };
    const [, result] = await Promise.all([identity, work(tx)]);
    return result;
  });
  return orFault(transaction);
}

function identify(sql: TransactionSql, actor: Actor, commandId: string | null) {
  return sql`
    select
      set_config('role', ${roles[actor.kind]}, true),
      set_config('lotse.workspace', ${actor.workspaceId ?? ''}, true),
      set_config('lotse.member', ${actor.kind === 'member' ? actor.memberId : ''}, true),
      set_config('lotse.contact', ${actor.kind === 'contact' ? actor.contactId : ''}, true),
      set_config('lotse.link', ${actor.kind === 'link' ? actor.linkId : ''}, true),
      set_config('lotse.command', ${commandId ?? ''}, true)
  `;
}

function takeRole(sql: TransactionSql, role: string) {
  return sql`select set_config('role', ${role}, true)`;
}

type Work<T> = (tx: Tx) => Promise<T>;

export function asMember<T>(
  member: { workspaceId: string; memberId: string },
  work: Work<T>,
  options?: TxOptions,
): Promise<T> {
  return asActor({ kind: 'member', workspaceId: member.workspaceId, memberId: member.memberId }, work, options);
}

export function asLink<T>(
  link: { workspaceId: string; linkId: string },
  work: Work<T>,
  options?: TxOptions,
): Promise<T> {
  return asActor({ kind: 'link', workspaceId: link.workspaceId, linkId: link.linkId }, work, options);
}

export function asContact<T>(
  contact: { workspaceId: string; contactId: string },
  work: Work<T>,
  options?: TxOptions,
): Promise<T> {
  return asActor({ kind: 'contact', workspaceId: contact.workspaceId, contactId: contact.contactId }, work, options);
}

export function asSystem<T>(workspaceId: string | null, work: Work<T>, options?: TxOptions): Promise<T> {
  return asActor({ kind: 'system', workspaceId }, work, options);
}
