/** What people do and where it runs. Rates are those of the busiest hour. */
export type Scenario = {
  name: string;
  viewers: number;
  workspaces: number;
  processes: number;
  databaseCores: number;
  /** Whether all viewers of a workspace are with the fewest processes that can hold them, or wherever the proxy put them. */
  placement: 'together' | 'spread';
  /** Changes of a ticket per viewer and hour: claims, moves, answers. */
  commandsPerHour: number;
  /** How often a viewer opens or leaves a ticket, which the others are shown. */
  looksPerHour: number;
  /** Mails from customers per viewer and hour. */
  mailsPerHour: number;
  /** Commands at even distances, as the benchmark sends them, instead of whenever. */
  isPaced: boolean;
  /** From one machine to another and from there to the browser, one way. */
  wayMs: { inside: number; outside: number };
  simulatedS: number;
  seed: number;
};

/** Up to here a part of the system is loaded in plans; above, waiting grows faster than load. */
export const wholesomeLoad = 0.6;

export const usual: Omit<Scenario, 'name' | 'viewers' | 'workspaces' | 'processes' | 'databaseCores'> = {
  placement: 'together',
  commandsPerHour: 20,
  looksPerHour: 30,
  mailsPerHour: 4,
  isPaced: false,
  wayMs: { inside: 0.3, outside: 10 },
  simulatedS: 8,
  seed: 4711,
};

/** Viewers of each workspace, as even as whole people allow. */
export function sizes({ viewers, workspaces }: Pick<Scenario, 'viewers' | 'workspaces'>): number[] {
  return Array.from(
    { length: workspaces },
    (_, i) => Math.floor((viewers * (i + 1)) / workspaces) - Math.floor((viewers * i) / workspaces),
  );
}

/** For each workspace, how many of its viewers each process has; processes without any are missing. */
export function seatsOf(scenario: Scenario): Map<number, number>[] {
  const { viewers, processes, placement } = scenario;
  const room = Math.ceil(viewers / processes);
  const left = Array.from({ length: processes }, () => room);
  let next = 0;
  return sizes(scenario).map((size, workspace) => {
    const seats = new Map<number, number>();
    if (placement === 'spread') {
      for (let i = 0; i < size; i++) add(seats, (i + workspace) % processes, 1);
      return seats;
    }
    for (let rest = size; rest > 0;) {
      const free = left[next] ?? rest;
      const taken = Math.min(rest, free);
      if (taken > 0) add(seats, next, taken);
      left[next] = free - taken;
      rest -= taken;
      if (left[next] === 0 && next < processes - 1) next++;
    }
    return seats;
  });
}

function add(seats: Map<number, number>, process: number, count: number): void {
  seats.set(process, (seats.get(process) ?? 0) + count);
}
