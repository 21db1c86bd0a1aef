import { SingleBar } from 'cli-progress';

interface Progress {
  /** 0 to 1. */
  readonly share: number;
  /** How many, of events or of another unit. */
  readonly events: number;
}

/** Progress on standard error: a bar on a terminal, elsewhere a line every few seconds. */
class ProgressDisplay {
  private readonly bar: SingleBar | undefined;
  private readonly began = performance.now();
  private lastLine = performance.now();

  constructor(
    private readonly what: string,
    private readonly unit: string,
  ) {
    if (!process.stderr.isTTY) return;
    this.bar = new SingleBar({
      format: `${what} {bar} {percent} % | {count} ${unit} | {rate}/s | {left} left`,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      hideCursor: true,
      stream: process.stderr,
      fps: 5,
    });
    this.bar.start(1_000, 0, { percent: 0, count: 0, rate: 0, left: '?' });
  }

  update({ share, events: count }: Progress): void {
    const seconds = (performance.now() - this.began) / 1_000;
    const shown = {
      percent: Math.floor(share * 100),
      count: count.toLocaleString('en-US'),
      rate: Math.round(count / Math.max(seconds, 0.001)).toLocaleString('en-US'),
      left: share > 0 ? lasting((seconds / share) * (1 - share)) : '?',
    };
    this.bar?.update(Math.floor(share * 1_000), shown);
    if (this.bar || performance.now() - this.lastLine < LINE_EVERY_MS) return;
    this.lastLine = performance.now();
    const { percent, rate, left } = shown;
    process.stderr.write(`${this.what}: ${percent} %, ${shown.count} ${this.unit}, ${rate}/s, ${left} left\n`);
  }

  stop(): void {
    this.bar?.stop();
  }
}

const LINE_EVERY_MS = 2_000;

const lasting = (seconds: number): string => {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3_600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
};

/** Shows progress while the work runs. */
export async function showing<T>(
  what: string,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
  unit = 'events',
): Promise<T> {
  const display = new ProgressDisplay(what, unit);
  try {
    return await work((progress) => display.update(progress));
  } finally {
    display.stop();
  }
}
