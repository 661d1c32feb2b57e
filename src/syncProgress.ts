import type { SyncWatcher } from './gateway/gateway.ts';

type Counts = Parameters<SyncWatcher['kept']>[1];

/** Where lines are written. */
export interface Out {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Shows runs as they go, to the person who started them. */
export interface Progress extends SyncWatcher {
  /** A sentence of its own. */
  say(line: string): void;
  end(): void;
}

const REDRAWN_MS = 200;
const BAR = 24;
/** Without a terminal: a line a provider every so many records. */
const TOLD_EVERY = 10_000;

interface Row {
  readonly provider: string;
  counts: Counts | null;
  total: number | null;
  /** On a clock that is never set back. */
  startedAt: number;
  /** What is waited for, until when. */
  waits: { readonly what: string; readonly until: number } | null;
  done: string | null;
}

const WAITS = {
  RATE_LIMIT: 'waiting for calls',
  PROVIDER: 'waiting to try again',
};

/** A bar a provider where it is a terminal that listens, else plain lines. */
export function showProgress(out: Out, providers: readonly string[], elapsed: () => number): Progress {
  return out.isTTY ? bars(out, providers, elapsed) : lines(out);
}

function lines(out: Out): Progress {
  const say = (line: string): void => void out.write(`${line}\n`);
  const told = new Map<string, number>();
  return {
    say,
    began: (provider, { kind, resumed }) => {
      const what = kind === 'FULL' ? 'everything is listed' : 'what changed is listed';
      say(`${provider}: ${resumed ? 'going on from where the last run ended; ' : ''}${what}`);
    },
    kept(provider, { seen }, total) {
      if (seen - (told.get(provider) ?? 0) < TOLD_EVERY) return;
      told.set(provider, seen);
      say(`${provider}: ${seen}${total === null ? '' : ` of ${total}`} records`);
    },
    waiting: (provider, what, ms) => say(`${provider}: ${WAITS[what]} (${seconds(ms)} s)`),
    ended: ({ provider, state, counts }) => say(`${provider}: ${state.toLowerCase()}, ${counts.seen} records`),
    end: () => undefined,
  };
}

function bars(out: Out, providers: readonly string[], elapsed: () => number): Progress {
  const rows = new Map(
    providers.map((provider): [string, Row] => [
      provider,
      { provider, counts: null, total: null, startedAt: elapsed(), waits: null, done: null },
    ]),
  );
  let drawn = 0;
  const draw = (): void => {
    const text = [...rows.values()].map((row) => rowText(row, elapsed()).slice(0, (out.columns ?? 80) - 1));
    // Up to the first row, and each row over what was there.
    out.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${text.map((line) => `\u001b[2K${line}\n`).join('')}`);
    drawn = text.length;
  };
  const timer = setInterval(draw, REDRAWN_MS);
  draw();
  const change = (provider: string, update: Partial<Row>): void => {
    const row = rows.get(provider);
    if (row) Object.assign(row, update);
  };
  return {
    say(line) {
      out.write(`${line}\n`);
      drawn = 0;
      draw();
    },
    began: (provider) => change(provider, { startedAt: elapsed() }),
    kept: (provider, counts, total) => change(provider, { counts, total, waits: null }),
    waiting: (provider, what, ms) => change(provider, { waits: { what: WAITS[what], until: elapsed() + ms } }),
    ended: ({ provider, state }) => change(provider, { done: state.toLowerCase(), waits: null }),
    end() {
      clearInterval(timer);
      draw();
    },
  };
}

function rowText({ provider, counts, total, startedAt, waits, done }: Row, now: number): string {
  const seen = counts?.seen ?? 0;
  const part = total === null || total === 0 ? null : Math.min(1, seen / total);
  const filled = done === 'complete' ? BAR : Math.round((part ?? 0) * BAR);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const share = part === null || done ? '' : ` ${String(Math.floor(part * 100)).padStart(3)} %`;
  const rate = done || now <= startedAt ? '' : `, ${Math.round((seen * 1000) / (now - startedAt))}/s`;
  const rest = waits ? `, ${waits.what} (${seconds(Math.max(0, waits.until - now))} s)` : '';
  return `${provider.padEnd(15)} ${bar}${share} ${seen} records${rate}${done ? `, ${done}` : rest}`;
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);
