// Notes are a page or ten of text; what is larger than these is a mistake or an attack.

/** One update, as checked by lotse.note_updates. A paste of a whole book is less. */
export const updateBytes = 1024 * 1024;
/** One frame: an update and its envelope. */
export const frameBytes = updateBytes + 64 * 1024;
/** The whole document with its past, far below what lotse.notes takes. */
export const documentBytes = 4 * 1024 * 1024;
/** A selection in JSON. */
export const cursorBytes = 4 * 1024;
/** The same with the name and colour of its author. */
export const stampedBytes = cursorBytes + 1024;
/** Of one note, in one message. */
export const mostCursors = 1_000;
/** Editors say again where their cursor is each 15 s, and forget the silent after 30 s (y-protocols): so do we. */
export const cursorMs = 30_000;
/** Whoever is closed and does not answer is cut off after this. */
export const closeTimeoutMs = 10_000;
/** How often the notes that are open here are compared with the database, should a wake-up have been lost. */
export const pollMs = 5_000;
/** Updates that come within this are stored together. */
export const batchMs = 30;
/** Frames per second and socket in the long run; typing makes about 20, each with a cursor. */
export const framesPerSecond = 60;
export const framesAtOnce = 300;
/** The same in bytes. A page that comes back sends what was typed meanwhile at once, in one update. */
export const bytesPerSecond = 64 * 1024;
export const bytesAtOnce = 4 * updateBytes;
/** Of one socket's questions, those for which all of the document is read or sent. A page asks twice when it connects. */
export const wholesPerSecond = 1;
export const wholesAtOnce = 5;
/** What may wait for one socket beside what its kernel holds: the whole document, and what is typed while it is on its way. */
export const unsentBytes = documentBytes + updateBytes;
/** After so many updates, or so much in them, all is folded into the snapshot: each time it is written whole. */
export const updatesToFold = 200;
export const bytesToFold = 256 * 1024;
/** One line in the history for this long an editing. */
export const editingMs = 10 * 60_000;

/** Why a socket was closed; 4400 to 4499 are for good (y-websocket), what is above means: come again. */
export const closes = {
  badFrame: 4400,
  signIn: 4401,
  forbidden: 4403,
  oldGeneration: 4410,
  tooLarge: 4413,
  tooFast: 4429,
  /** May write from now on, or the database was away: connect again and send what is missing. */
  again: 4503,
} as const;
