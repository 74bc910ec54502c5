import type { Channel } from '../channel.ts';
import type { Attendance, Visit } from '../presence.ts';
import { beatMs, type SaidVisit, type Words } from './words.ts';

/** A process says all it has with each beat: after four of them unheard it is dead, or cut off. */
const silentMs = 4 * beatMs;

type Process = { heardAt: number; visits: Map<string, Visit> };

/** The pages that other processes have open in one workspace, as they tell. */
export class Elsewhere {
  readonly #attendance: Attendance;
  readonly #channel: Channel;
  readonly #processes = new Map<string, Process>();

  constructor(attendance: Attendance, channel: Channel) {
    this.#attendance = attendance;
    this.#channel = channel;
  }

  take(from: string, heard: Words): void {
    const process = this.#processes.get(from) ?? { heardAt: 0, visits: new Map<string, Visit>() };
    this.#processes.set(from, process);
    process.heardAt = performance.now();
    if (heard.kind === 'all') this.#replace(process, heard.visits);
    if (heard.kind === 'visit') this.#put(process, heard.visit);
    if (heard.kind === 'gone') this.#remove(process, heard.id);
    if (heard.kind === 'typing') this.#type(process, heard);
  }

  forgetSilent(): void {
    const since = performance.now() - silentMs;
    for (const [from, { heardAt }] of this.#processes) if (heardAt < since) this.#forget(from);
  }

  forgetAll(): void {
    for (const from of this.#processes.keys()) this.#forget(from);
  }

  #forget(from: string): void {
    const process = this.#processes.get(from);
    this.#processes.delete(from);
    // Its people had their time to come back.
    for (const visit of process?.visits.values() ?? []) this.#attendance.depart(visit, { graceMs: 0 });
  }

  #replace(process: Process, said: SaidVisit[]): void {
    const kept = new Set(said.map(({ id }) => id));
    // Those who are new first: a person who only changed pages was never away.
    for (const visit of said) this.#put(process, visit);
    for (const id of process.visits.keys()) if (!kept.has(id)) this.#remove(process, id);
  }

  #put({ visits }: Process, { id, member, ticket }: SaidVisit): void {
    const known = visits.get(id);
    if (known) return this.#attendance.look(known, ticket);
    const { workspaceId, ring } = this.#channel;
    const audienceOf = (of: string) => ring.audienceOf(of) ?? [];
    const visit: Visit = { workspaceId, memberId: member, audienceOf, page: null };
    visits.set(id, visit);
    this.#attendance.arrive(visit, ticket);
  }

  #remove({ visits }: Process, id: string): void {
    const visit = visits.get(id);
    visits.delete(id);
    if (visit) this.#attendance.depart(visit);
  }

  #type({ visits }: Process, { id, ticket, where }: Extract<Words, { kind: 'typing' }>): void {
    const { workspaceId, ring } = this.#channel;
    if (id === null) {
      const audience = () => ring.audienceOf(ticket) ?? [];
      return this.#attendance.typing.customer({ workspaceId, ticket, audience, isElsewhere: true }, where !== null);
    }
    const visit = visits.get(id);
    if (visit) this.#attendance.typing.member(visit, ticket, where);
  }
}
