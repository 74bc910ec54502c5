import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * The line between two programs, in the hands of a test: a TCP relay that can be cut, frozen (nothing arrives and nobody is
 * told, as when a laptop leaves the house) and slowed down.
 */
export type Line = {
  port: number;
  /** Ends what is open and refuses what comes, until `mend`. */
  cut(): void;
  /** Keeps connections open and lets nothing through, until `mend`, which lets what was held go on. */
  freeze(): void;
  /** Holds back each piece for so long. */
  slow(ms: number): void;
  mend(): void;
  /** How many connections are open now. */
  count(): number;
  stop(): Promise<void>;
};

export async function openLine(to: { host?: string; port: number }, port = 0): Promise<Line> {
  const open = new Set<Socket>();
  let state: 'open' | 'cut' | 'frozen' = 'open';
  let delayMs = 0;
  let waiting: (() => void)[] = [];

  const server = createServer((near) => {
    if (state === 'cut') return near.resetAndDestroy();
    const far = connect({ host: to.host ?? '127.0.0.1', port: to.port });
    open.add(near);
    join(near, far);
    join(far, near);
    near.once('close', () => open.delete(near));
  });

  function join(from: Socket, into: Socket): void {
    from.setNoDelay(true);
    from.on('data', (piece: Buffer) => pass(() => into.write(piece)));
    from.on('end', () => pass(() => into.end()));
    from.on('error', () => into.destroy());
    from.on('close', () => pass(() => into.destroy()));
  }

  /** One delay for all keeps the order of what came. */
  function pass(go: () => void): void {
    if (state === 'frozen') waiting.push(go);
    else if (delayMs > 0) setTimeout(go, delayMs);
    else go();
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      waiting = [];
      for (const socket of open) socket.resetAndDestroy();
    },
    freeze() {
      state = 'frozen';
    },
    slow(ms) {
      delayMs = ms;
    },
    mend() {
      state = 'open';
      delayMs = 0;
      const held = waiting;
      waiting = [];
      for (const go of held) go();
    },
    count: () => open.size,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
