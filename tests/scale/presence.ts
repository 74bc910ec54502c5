import { randomUUID } from 'node:crypto';
import type { Constants } from './constants.ts';

const visitBytes = JSON.stringify({ id: '12345', member: randomUUID(), ticket: randomUUID() }).length + 1;

/** What Redis works for one message to so many processes. */
export function redisMs({ publishUs, hearingUs }: Constants, hearers: number): number {
  return (publishUs + hearingUs * hearers) / 1_000;
}

/** What a process works to say or to hear so many visits: as much as the benchmark's client for as many bytes of frames. */
export function visitsMs({ receiverUs, frameBytes }: Constants, visits: number): number {
  return (receiverUs / 1_000) * Math.max(1, (visits * visitBytes) / frameBytes);
}
