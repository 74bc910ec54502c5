import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Chance } from '../support/chance.ts';
import { FrameCutter, isEvent } from './frames.ts';

export type Line = {
  port: number;
  /** Cuts everything that goes over it now. */
  cut(): void;
  /** Nothing moves for a while, and nobody is told. */
  stall(ms: number): void;
  /** From here on it is a good line, or a bad one again. */
  behave(well: boolean): void;
  close(): Promise<void>;
};

type Options = {
  chance: Chance;
  /** Where the next connection goes. */
  target: () => number;
  /** Sent along with each WebSocket, as a browser does by itself. */
  cookie: string;
};

const holdsMs = 300;

/** A bad line from one browser to the servers: it delays, stalls and cuts; of the feed's events it loses, doubles and mixes up some. */
export async function openLine({ chance, target, cookie }: Options): Promise<Line> {
  const open = new Set<() => void>();
  let isBad = true;
  let stalledUntil = 0;

  const delay = () => Math.max(stalledUntil - Date.now(), isBad && chance.is(0.1) ? chance.below(120) : 0);

  const server = createServer((browser) => {
    const upstream = connect({ port: target(), host: '127.0.0.1' });
    const cut = () => {
      open.delete(cut);
      browser.destroy();
      upstream.destroy();
    };
    open.add(cut);
    for (const side of [browser, upstream]) side.on('error', cut).on('close', cut).setNoDelay(true);
    const toServer = delayed(upstream, delay);
    const toBrowser = delayed(browser, delay);
    const mangle = mangler(chance, () => isBad, toBrowser);
    let isSocket: boolean | undefined;
    browser.on('data', (chunk: Buffer) => {
      if (isSocket === undefined) {
        isSocket = chunk.toString('latin1', 0, 15) === 'GET /socket.io/';
        if (isSocket)
          chunk = Buffer.from(chunk.toString('latin1').replace('\r\n', `\r\ncookie: ${cookie}\r\n`), 'latin1');
      }
      toServer(chunk);
    });
    upstream.on('data', (chunk: Buffer) => (isSocket ? mangle(chunk) : toBrowser(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => open.forEach((cut) => cut());
  return {
    port: (server.address() as AddressInfo).port,
    cut: cutAll,
    stall: (ms) => (stalledUntil = Date.now() + ms),
    behave(well) {
      isBad = !well;
      if (well) stalledUntil = 0;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
    },
  };
}

/** Writes in order, each after a pause of its own. */
function delayed(to: Socket, delay: () => number): (bytes: Buffer) => void {
  let last = Promise.resolve();
  return (bytes) => {
    last = last.then(async () => {
      for (let ms = delay(); ms > 0; ms = 0) await new Promise((resolve) => setTimeout(resolve, ms));
      if (!to.destroyed) to.write(bytes);
    });
  };
}

/** Lets the server's answer to the upgrade pass, then works frame by frame. */
function mangler(chance: Chance, isBad: () => boolean, pass: (bytes: Buffer) => void): (chunk: Buffer) => void {
  const frames = new FrameCutter();
  let isOpen = false;
  let held: Buffer | null = null;
  const release = () => {
    if (held) pass(held);
    held = null;
  };
  return (chunk) => {
    if (!isOpen) {
      const end = chunk.indexOf('\r\n\r\n') + 4;
      isOpen = end > 3;
      pass(isOpen ? chunk.subarray(0, end) : chunk);
      if (!isOpen) return;
      chunk = chunk.subarray(end);
    }
    for (const frame of frames.push(chunk)) {
      const luck = isBad() && isEvent(frame) ? chance.next() : 1;
      if (luck < 0.03) continue;
      if (luck < 0.06 && !held) {
        held = frame;
        setTimeout(release, holdsMs);
        continue;
      }
      pass(frame);
      if (luck < 0.1) pass(frame);
      release();
    }
  };
}
