/* eslint-disable svelte/prefer-svelte-reactivity -- timers, which no template reads */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import {
  typingMs,
  type Looks,
  type Online,
  type People,
  type Presence as Known,
  type Types,
} from '#lib/shared/wire.ts';
import type { StaffSocket } from './line.ts';

/** Who is there, who looks at which ticket, who types. Volatile: lives by time, never in the log. */
export class Presence {
  #online = new SvelteSet<string>();
  #looks = new SvelteMap<string, string[]>();
  #types = new SvelteMap<string, Types>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #me: string;
  /** False while the server itself does not know who is there. */
  isAvailable = $state(true);
  /** True while more are there than the server names. */
  isCrowd = $state(false);

  constructor(me: string) {
    this.#me = me;
  }

  isOnline(member: string): boolean {
    return this.#online.has(member);
  }

  /** Undefined while the server does not know, or does not say. */
  stateOf(member: string): 'online' | 'offline' | undefined {
    if (!this.isAvailable || this.isCrowd) return undefined;
    return this.isOnline(member) ? 'online' : 'offline';
  }

  /** Colleagues who have this ticket open. */
  lookers(ticket: string): string[] {
    return (this.#looks.get(ticket) ?? []).filter((member) => member !== this.#me);
  }

  /** Who types in this ticket; `member` is null for the customer. */
  typists(ticket: string): Types[] {
    return [...this.#types.values()].filter((each) => each.ticket === ticket && each.member !== this.#me);
  }

  listen(socket: StaffSocket): void {
    socket.on('online', (...changes) => changes.forEach((change) => this.#come(change)));
    socket.on('people', (people) => this.#name(people));
    socket.on('presence', (presence) => this.begin(presence));
    socket.on('looks', (looks) => this.#look(looks));
    socket.on('typing', (types) => this.#type(types));
    // Of the others nothing is known then; of this person's own unsent actions all is.
    socket.on('disconnect', () => this.clear());
  }

  /** All that is so now. */
  begin({ isAvailable, looks, types, ...people }: Known): void {
    this.clear();
    this.isAvailable = isAvailable;
    this.#name(people);
    for (const each of looks) this.#look(each);
    for (const each of types) this.#type(each);
  }

  clear(): void {
    this.#online.clear();
    this.#looks.clear();
    this.#types.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #name({ isCrowd = false, online }: People): void {
    this.isCrowd = isCrowd;
    this.#online.clear();
    for (const member of online) this.#online.add(member);
  }

  #come({ member, isOnline }: Online): void {
    if (isOnline) this.#online.add(member);
    else this.#online.delete(member);
  }

  #look({ ticket, members }: Looks): void {
    if (members.length === 0) this.#looks.delete(ticket);
    else this.#looks.set(ticket, members);
  }

  #type(types: Types): void {
    const key = `${types.ticket} ${types.member ?? ''}`;
    clearTimeout(this.#timers.get(key));
    if (types.where === null) return void this.#types.delete(key);
    this.#types.set(key, types);
    this.#timers.set(
      key,
      setTimeout(() => this.#types.delete(key), typingMs),
    );
  }
}
