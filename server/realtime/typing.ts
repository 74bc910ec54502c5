import { typingMs, type Types } from '#lib/shared/wire.ts';
import type { Visit, Voice } from './presence.ts';

type Where = 'public' | 'internal';

/** Either a member's page, or the customers' side of a ticket as a whole. */
export type Writer = {
  workspaceId: string;
  ticket: string;
  audience: () => readonly string[];
  visit: Visit | null;
  /** Told by another process, which tells it to all others too. */
  isElsewhere?: boolean;
};

type Going = { writer: Writer; where: Where; timer: NodeJS.Timeout };

/** Who types where. Forgotten after a while without a further word, so that a lost "stopped" does no harm. */
export class Typing {
  readonly #voice: Voice;
  /** By page, or by ticket for its customers. */
  readonly #going = new Map<Visit | string, Going>();
  /** Hears who types on this process's own pages; `where` null when he stopped. */
  witness: ((writer: Writer, where: Where | null) => void) | null = null;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  member(visit: Visit, ticket: string, where: Where | null): void {
    const going = this.#going.get(visit);
    if (going && (going.writer.ticket !== ticket || (where && going.where !== where))) this.stop(visit);
    if (!where) return this.stop(visit);
    const { workspaceId, page } = visit;
    const writer = { workspaceId, ticket, audience: () => visit.audienceOf(ticket), visit, isElsewhere: page === null };
    this.#begin(visit, writer, where);
  }

  customer(writer: Omit<Writer, 'visit'>, isTyping: boolean): void {
    if (!isTyping) return this.stop(writer.ticket);
    this.#begin(writer.ticket, { ...writer, visit: null }, 'public');
  }

  stop(who: Visit | string): void {
    const going = this.#going.get(who);
    if (!going) return;
    clearTimeout(going.timer);
    this.#going.delete(who);
    this.#tell(going, null);
    const { writer, where } = going;
    if (writer.visit && where === 'public' && !this.#teamTypes(writer)) {
      this.#voice.teamTyping(writer.workspaceId, writer.ticket, false);
    }
  }

  now(workspaceId: string): Types[] {
    return [...this.#going.values()].filter(({ writer }) => writer.workspaceId === workspaceId).map(typesOf);
  }

  clear(): void {
    this.#going.forEach(({ timer }) => clearTimeout(timer));
    this.#going.clear();
  }

  #begin(who: Visit | string, writer: Writer, where: Where): void {
    clearTimeout(this.#going.get(who)?.timer);
    const timer = setTimeout(() => this.stop(who), typingMs).unref();
    const going: Going = { writer, where, timer };
    this.#going.set(who, going);
    this.#tell(going, where);
    if (writer.visit && where === 'public') this.#voice.teamTyping(writer.workspaceId, writer.ticket, true);
  }

  #tell(going: Going, where: Where | null): void {
    const { workspaceId, audience, visit, isElsewhere } = going.writer;
    if (!isElsewhere) this.witness?.(going.writer, where);
    this.#voice.typing(
      workspaceId,
      { audience: audience(), except: visit?.page?.socketId },
      { ...typesOf(going), where },
    );
  }

  #teamTypes({ workspaceId, ticket }: Writer): boolean {
    return this.#going
      .values()
      .some(
        ({ writer, where }) =>
          writer.visit && where === 'public' && writer.ticket === ticket && writer.workspaceId === workspaceId,
      );
  }
}

function typesOf({ writer, where }: Going): Types {
  return { ticket: writer.ticket, member: writer.visit?.memberId ?? null, where };
}
