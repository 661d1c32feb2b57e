import { destination, type Logger, pino } from 'pino';

export type { Logger };

/** Lines are written together, at the latest so often: a write for each was a twentieth of what a read costs. */
const FLUSH_MS = 100;

/** pino's number for `warn`. */
const WARN = 40;

/** JSON lines on stderr. A warning, and what stands before it, is written at once; all that is left, at the exit. */
export function createLogger(level: string): Logger {
  const out = destination({ fd: 2, sync: false, minLength: 4096, periodicFlush: FLUSH_MS });
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      hooks: {
        logMethod(args, method, number) {
          method.apply(this, args);
          if (number >= WARN) out.flushSync();
        },
      },
    },
    out,
  );
}

/** What of a failure that is somebody else's may be told: its code, or its kind. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
}
