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
  /** What is open hears nothing any more, for good, as behind a firewall that forgot it; new connections are as before. */
  forget(): void;
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
  const forgotten = new WeakSet<Socket>();

  const server = createServer((near) => {
    if (state === 'cut') return near.resetAndDestroy();
    const far = connect({ host: to.host ?? '127.0.0.1', port: to.port });
    open.add(near);
    const isForgotten = () => forgotten.has(near);
    join(near, far, isForgotten);
    join(far, near, isForgotten);
    near.once('close', () => open.delete(near));
  });

  function join(from: Socket, into: Socket, isForgotten: () => boolean): void {
    const tell = (go: () => void) => void (isForgotten() || go());
    from.setNoDelay(true);
    from.on('data', (piece: Buffer) => tell(() => pass(() => into.write(piece))));
    from.on('end', () => tell(() => pass(() => into.end())));
    from.on('error', () => tell(() => into.destroy()));
    from.on('close', () => tell(() => pass(() => into.destroy())));
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
    forget() {
      for (const socket of open) forgotten.add(socket);
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
