/** A caller may spell a name as long as a request; no error says more. */
const LONGEST_MESSAGE = 1_000;

/** How GraphQL quotes a value in the middle of its words. */
const QUOTED: readonly (readonly [RegExp, string])[] = [
  [/^((?:Int|Float|String|Boolean|ID|Enum "\w+") cannot represent [a-z0-9 -]*value): .*$/s, '$1.'],
  [/^Value ".*" does not exist in ("\w+" enum\.)/s, 'This value does not exist in $1'],
  [/^(Expected value of type "[^"]+"), found .*$/s, '$1.'],
  [/^(Argument "\w+" has )invalid value .*$/s, '$1an invalid value.'],
  [/^(Syntax Error: .*?\b(?:String|BlockString|Int|Float)) ".*$/s, '$1.'],
];

/**
 * What GraphQL says of a document or its variables, without the values that it quotes: they may be personal, and as long as
 * a request.
 * @param reason the words of the error that it wraps; its own, where it wraps none
 */
export function withoutValues(message: string, reason: string): string {
  const variable = /^Variable "\$\w+" got (?=invalid value )/.exec(message)?.[0];
  if (variable === undefined || !message.endsWith(`; ${reason}`)) return bounded(unquoted(message));
  // A quote inside of the value is escaped: only the place in it ends like this.
  const place = / at "[\w.[\]]+"$/.exec(message.slice(0, -`; ${reason}`.length))?.[0] ?? '';
  return bounded(`${variable}an invalid value${place}; ${unquoted(reason)}`);
}

const unquoted = (message: string): string =>
  QUOTED.reduce((words, [quote, plain]) => words.replace(quote, plain), message);

/** The middle goes: what is wrong stands before a name, and what may be done behind it. */
function bounded(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  const kept = LONGEST_MESSAGE / 2 - 1;
  return `${message.slice(0, kept)}…${message.slice(-kept)}`.toWellFormed();
}
