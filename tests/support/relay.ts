import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Relay = {
  port: number;
  /** Where the next connection leads. */
  target: number;
  stop(): Promise<void>;
};

/** The least of a proxy: bytes to and fro, to a port that may change. */
export async function startRelay(target: number): Promise<Relay> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(relay.target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      // The other side's end says it all.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = {
    port: (server.address() as AddressInfo).port,
    target,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}
