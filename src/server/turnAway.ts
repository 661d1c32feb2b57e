import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Admission, overloaded } from './admission.ts';
import { isSmall } from './answer.ts';
import type { Logger } from './log.ts';
import type { AnswerType } from './message.ts';
import type { Metrics } from './metrics.ts';
import { watchSaturation } from './saturation.ts';

/** The log tells once a second. */
const TOLD_EVERY = 10;

/**
 * Refuses one operation too many with as little work as can be: where twice as much is asked as can be done, whatever that
 * takes is taken from those who are let in. Their bodies are not even read, and the log tells only how many there were.
 */
export interface TurnAway {
  /**
   * @param requestId as it may stand in a header
   * @returns whether it is answered; not where that would cost the connection, and it has to be read first
   */
  answered(request: IncomingMessage, response: ServerResponse, type: AnswerType, requestId: string): boolean;
  end(): void;
}

export function createTurnAway(admission: Admission, logger: Logger, metrics: Pick<Metrics, 'operation'>): TurnAway {
  let operations = 0;
  let looks = 0;
  const tell = (): void => {
    if (operations > 0) logger.warn({ operations }, 'more is asked than can be done: turned away');
    operations = 0;
  };
  const endWatch = watchSaturation((isSaturated) => {
    admission.adapt(isSaturated);
    looks++;
    if (looks % TOLD_EVERY === 0) tell();
  });
  return {
    answered(request, response, type, requestId) {
      if (!isSmall(request)) return false;
      operations++;
      metrics.operation('none', code, 0);
      const body = `${BEFORE_ID}${requestId}${BEHIND_ID}`;
      response
        .setHeader('retry-after', Math.ceil((retryAfterMs ?? 0) / 1_000))
        .writeHead(503, {
          'content-type': `${type}; charset=utf-8`,
          'content-length': Buffer.byteLength(body),
          'cache-control': 'private, no-store',
        })
        .end(body);
      return true;
    },
    end() {
      endWatch();
      admission.adapt(false);
      tell();
    },
  };
}

const { message, code, retryable, retryAfterMs } = overloaded;
const ID = '<id>';
const [BEFORE_ID, BEHIND_ID] = JSON.stringify({
  errors: [{ message, extensions: { code, retryable, retryAfterMs, requestId: ID } }],
}).split(ID);
