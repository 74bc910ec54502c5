import { Bucket } from '#lib/shared/bucket.ts';
import type { StaffCalls } from '#lib/shared/wire.ts';
import * as views from '#server/domain/views.ts';
import { reportUnexpected } from '#server/log.ts';
import * as calls from './calls.ts';
import { missedBy, reach } from './catch-up.ts';
import type { Attendance } from './presence.ts';
import type { StaffSocket } from './server.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

/** Hears what a member's page says. What bounds it is made when it is first needed, since most pages only look on. */
export class Ear {
  readonly #socket: StaffSocket;
  readonly #viewer: Viewer;
  readonly #attendance: Attendance;
  #commands: Bucket | undefined;
  #signs: Bucket | undefined;
  #catchUps: Bucket | undefined;
  #turns: Turns | undefined;
  /** How many looks it was told of. */
  #looks = 0;

  constructor(socket: StaffSocket, viewer: Viewer, attendance: Attendance) {
    this.#socket = socket;
    this.#viewer = viewer;
    this.#attendance = attendance;
  }

  listen(): void {
    this.#socket.on('command', (value, answer) => this.#command(value, answer));
    this.#socket.on('catchup', (value, answer) => this.#catchUp(value, answer));
    this.#socket.on('look', (value) => this.#look(value));
    this.#socket.on('typing', (value) => this.#typing(value));
  }

  #command(...[value, answer]: Parameters<StaffCalls['command']>): void {
    if (typeof answer !== 'function') return;
    // A member who drags twenty cards at once is quick; twenty in each second are a machine.
    this.#commands ??= new Bucket(60, 20);
    if (!this.#commands.take()) return answer(calls.refuse('too.many', { retryAfterSeconds: 1 }));
    const { workspaceId, memberId } = this.#viewer;
    void calls.answerCommand({ kind: 'member', workspaceId, memberId }, value).then(answer);
  }

  #catchUp(...[value, answer]: Parameters<StaffCalls['catchup']>): void {
    const from = calls.catchUp.safeParse(value);
    if (!from.success || typeof answer !== 'function') return;
    this.#catchUps ??= new Bucket(200, 50);
    if (!this.#catchUps.take()) return answer({ snapshot: true });
    const { cursor } = from.data;
    const { opening, seat, workspaceId } = this.#viewer;
    this.#turns ??= new Turns(this.#socket);
    const isTaken = this.#turns.take(() =>
      opening
        .then((open) => reach(open, seat, cursor).then(() => answer(missedBy(open, seat, cursor))))
        .catch((error: unknown) => {
          reportUnexpected(error, { part: 'feed', workspaceId });
          answer({ snapshot: true });
        }),
    );
    if (!isTaken) answer({ snapshot: true });
  }

  #look(value: unknown): void {
    const look = calls.look.safeParse(value);
    if (!look.success) return;
    const { ticket } = look.data;
    const number = ++this.#looks;
    // Costs nothing, and so is never refused: who was too quick must not stay where he no longer is.
    if (ticket === null) return this.#attendance.look(this.#viewer, null);
    if (!this.#maySign()) return;
    const { opening, workspaceId, memberId } = this.#viewer;
    Promise.all([opening, views.look({ workspaceId, memberId, ticketId: ticket })]).then(
      ([{ ring }, audience]) => {
        // He may have gone on while it was asked whether he may.
        if (!audience || number !== this.#looks) return;
        if (!ring.audienceOf(ticket)) ring.know(ticket, audience);
        this.#attendance.look(this.#viewer, ticket);
      },
      (error: unknown) => reportUnexpected(error, { part: 'presence', workspaceId }),
    );
  }

  #typing(value: unknown): void {
    const types = calls.staffTyping.safeParse(value);
    if (!types.success || !this.#maySign()) return;
    const { ticket, where } = types.data;
    // Only in a ticket that lies open here, which was checked when it was opened.
    if (this.#attendance.lookedAt(this.#viewer) === ticket) this.#attendance.typing.member(this.#viewer, ticket, where);
  }

  #maySign(): boolean {
    this.#signs ??= new Bucket(30, 5);
    return this.#signs.take();
  }
}
