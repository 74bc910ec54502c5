import { SmtpLine, Stopped, usual, type Patience, type SmtpServer } from './smtp-line.ts';

/** So many at once to one server; most providers allow ten or more. */
const mostToOne = 4;
/** Then a fresh one: servers limit the mails of one connection, the strict ones to a hundred. */
const mostMails = 50;
const idleMs = 4_000;

type Held = { line: SmtpLine; timer: NodeJS.Timeout };

/** The open connections to one server. Whoever comes when all are used waits for his turn. */
class Server {
  readonly #patience: Patience;
  readonly #idle: Held[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #underWay = new Set<SmtpLine>();
  #used = 0;
  #isStopped = false;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  async use<T>(server: SmtpServer, work: (line: SmtpLine, isFresh: boolean) => Promise<T>): Promise<T> {
    if (this.#used >= mostToOne) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    try {
      if (this.#isStopped) throw new Stopped();
      const kept = this.#take();
      const line = kept ?? new SmtpLine(server, this.#patience);
      this.#underWay.add(line);
      try {
        if (!kept) await line.open();
        const result = await work(line, !kept);
        this.#keep(line);
        return result;
      } finally {
        this.#underWay.delete(line);
      }
    } finally {
      // The place goes to whoever waits, or becomes free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#used--;
    }
  }

  end(): void {
    for (const { line, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      line.end();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.end();
    for (const line of this.#underWay) line.stop();
  }

  #take(): SmtpLine | undefined {
    for (let held = this.#idle.pop(); held; held = this.#idle.pop()) {
      clearTimeout(held.timer);
      if (held.line.isOpen) return held.line;
    }
    return undefined;
  }

  #keep(line: SmtpLine): void {
    if (!line.isOpen) return;
    if (line.taken >= mostMails) return line.end();
    const timer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(held), 1);
      line.end();
    }, idleMs);
    const held = { line, timer };
    this.#idle.push(held);
  }
}

/** Connections to all servers, kept for a moment between two mails. */
export class Lines {
  readonly #servers = new Map<string, Server>();
  readonly #patience: Patience;
  #isStopped = false;

  constructor(patience = usual) {
    this.#patience = patience;
  }

  /** @throws SmtpError when no line can be had, Stopped, and whatever `work` throws */
  use<T>(server: SmtpServer, work: (line: SmtpLine, isFresh: boolean) => Promise<T>): Promise<T> {
    if (this.#isStopped) return Promise.reject(new Stopped());
    // Tokens change each hour.
    const key = JSON.stringify({ ...server, accessToken: undefined });
    const lines = this.#servers.get(key) ?? new Server(this.#patience);
    this.#servers.set(key, lines);
    return lines.use(server, work);
  }

  end(): void {
    for (const server of this.#servers.values()) server.end();
    this.#servers.clear();
  }

  /** For good: what is under way ends with `Stopped`, and so does what comes after. */
  stop(): void {
    this.#isStopped = true;
    for (const server of this.#servers.values()) server.stop();
  }
}
