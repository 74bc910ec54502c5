// Imported before a server's own code by the test of the soak: nothing of a page that went away is ever let go.
import { Seat } from '#server/realtime/seat.ts';

const kept: Seat[] = [];
const { admit } = Seat.prototype;

Seat.prototype.admit = function (seq) {
  kept.push(this);
  admit.call(this, seq);
};
