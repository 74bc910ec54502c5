/** Everything that can be done with a ticket. Each verb takes the act and the parsed command. */
export { create, drawNumber } from './tickets/create.ts';
export { claim } from './tickets/claim.ts';
export { assign, move, release } from './tickets/dispatch.ts';
export { change, setStatus, setVisibility } from './tickets/change.ts';
export { close, reopen } from './tickets/close.ts';
export { read, support, unsupport } from './tickets/people.ts';
