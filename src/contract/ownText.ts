import { z } from 'zod';
import { text } from '../model/text.ts';

/** No provider documents a length; what a column of a database commonly takes. */
const TEXT_LIMIT = 255;

/**
 * A text of a provider's own input, trimmed and in NFC, of at most 255 characters and none of them a control character:
 * undefined leaves, null and what is empty once trimmed clear.
 */
export const ownText = () => ownTextAs((value) => value);

/** @param read makes something of a text that holds something, or tells `context` what is wrong and gives `z.NEVER` */
export const ownTextAs = <T>(read: (value: string, context: z.RefinementCtx) => T) =>
  z
    .string()
    .nullish()
    .transform((value, context) => {
      const normal = text(value);
      if (value === undefined || normal === null) return value === undefined ? undefined : null;
      const problem = problemOf(normal);
      if (problem === null) return read(normal, context);
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    });

function problemOf(value: string): string | null {
  if (value.length > TEXT_LIMIT) return `This is longer than ${TEXT_LIMIT} characters.`;
  return /\p{Cc}/u.test(value) ? 'This holds a line break or another control character.' : null;
}
