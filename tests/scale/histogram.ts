const least = 0.05;
const growth = Math.log(1.02);

/** How often each time was met, in steps of 2 %; holds as many as there are without keeping them. */
export class Histogram {
  count = 0;
  readonly #steps: number[] = [];

  add(ms: number, times = 1): void {
    const step = stepOf(ms);
    this.#steps[step] = (this.#steps[step] ?? 0) + times;
    this.count += times;
  }

  /** `times` evenly from one time to another, as a fan-out reaches one socket after the other. */
  addRamp(from: number, stepMs: number, times: number): void {
    for (let done = 0; done < times;) {
      const step = stepOf(from + done * stepMs);
      const end = least * Math.exp(growth * (step + 1));
      const inStep = stepMs > 0 ? Math.max(1, Math.ceil((end - from) / stepMs) - done) : times;
      const taken = Math.min(inStep, times - done);
      this.#steps[step] = (this.#steps[step] ?? 0) + taken;
      done += taken;
    }
    this.count += times;
  }

  percentile(percent: number): number {
    const wanted = Math.ceil((percent / 100) * this.count);
    let seen = 0;
    for (let step = 0; step < this.#steps.length; step++) {
      seen += this.#steps[step] ?? 0;
      if (seen >= wanted) return least * Math.exp(growth * (step + 0.5));
    }
    return NaN;
  }
}

function stepOf(ms: number): number {
  return ms <= least ? 0 : Math.floor(Math.log(ms / least) / growth);
}
