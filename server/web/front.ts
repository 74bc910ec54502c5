import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { config } from '#server/config.ts';

/*
 * Who asks, by which protocol and for which host is decided here once, before anybody else sees the request, and handed on in
 * headers of our own. Whatever a stranger sends under their names, or under X-Forwarded-*, is gone afterwards.
 */
export const trusted = { address: 'x-lotse-address', protocol: 'x-lotse-protocol', host: 'x-lotse-host' } as const;

const forwarded = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
];

/** For requests and upgrades alike; must be the first listener of both. */
export function front(request: IncomingMessage): void {
  const { headers, socket } = request;
  const peer = bare(socket.remoteAddress ?? '0.0.0.0');
  const behindProxy = isTrusted(peer);
  const address = behindProxy ? clientBehind(peer, first(headers['x-forwarded-for'])) : peer;
  const protocol = behindProxy && first(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
  const host = (behindProxy && first(headers['x-forwarded-host'])) || headers.host || 'localhost';
  for (const name of forwarded) delete headers[name];
  headers[trusted.address] = address;
  headers[trusted.protocol] = protocol;
  headers[trusted.host] = host;
}

/** The address in the list that our outermost proxy saw: from the right, the first that is no proxy of ours. */
function clientBehind(peer: string, list: string | undefined): string {
  const hops = (list ?? '')
    .split(',')
    .map((hop) => bare(hop.trim()))
    .filter(Boolean)
    .slice(-20);
  return hops.findLast((hop) => !isTrusted(hop)) ?? hops[0] ?? peer;
}

function isTrusted(address: string): boolean {
  return config().trustedProxies.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** IPv4 as a dual-stack socket writes it, `::ffff:10.0.0.1`, and a port that some proxies add. */
function bare(address: string): string {
  return address
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
