import { io as open, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { jar } from './cookies.ts';

type Options = Partial<ManagerOptions & SocketOptions>;

/** Socket.io's client, with the cookie of the browser that opens it (see cookies.ts), for the staff's namespace or another one. */
export function io(place: Options | string, options: Options = {}): Socket {
  const cookie = jar.getStore();
  const headers = cookie ? { extraHeaders: { cookie } } : {};
  return typeof place === 'string'
    ? open(place, { ...options, ...headers, forceNew: true })
    : open({ ...place, ...headers, forceNew: true });
}
