import { destination, type Logger, pino } from 'pino';
import type { AuditEntry } from '../gateway/gateway.ts';

export type { Logger };

/** Lines are written together, at the latest so often: a write for each was a twentieth of what a read costs. */
const FLUSH_MS = 100;

/** JSON lines on stderr; what is not written yet is at the exit. */
export const createLogger = (level: string): Logger =>
  pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    destination({ fd: 2, sync: false, minLength: 4096, periodicFlush: FLUSH_MS }),
  );

/** What has to be known afterwards is written at every level but `silent`. */
export function createAudit(logger: Logger): (entry: AuditEntry) => void {
  const audits = logger.level === 'silent' ? logger : logger.child({}, { level: 'info' });
  return (entry) => audits.info(entry, 'audit');
}

/** What of an unforeseen error may be logged: its kind and where it came from; its message may quote anything. */
export function safeError(error: unknown): { readonly error: string; readonly stack: readonly string[] } {
  if (!(error instanceof Error)) return { error: typeof error, stack: [] };
  // The message stands in the stack too, and may have lines that look like places.
  const frames = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return { error: error.name, stack: frames.slice(0, 8).map((frame) => frame.trim()) };
}
