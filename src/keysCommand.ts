import { Mistake, type OpenStore, optionsOf, Refusal, runReadily, table } from './command.ts';
import type { Environment } from './config.ts';
import { SCOPES, type Scope } from './contract/scopes.ts';
import { parseKeys } from './server/keys.ts';
import { changeKeysFile, entriesIn, KeysFileTaken } from './server/keysFile.ts';
import { digestOf, keyIdOf, newKey } from './server/keyText.ts';
import { FileFault } from './server/watchedFile.ts';

const HELP = `clientele keys create --name <caller> --scopes <scope>,… [--expires <time>] | list | revoke --id <id> | revoke --name <caller>
  The API keys in API_KEYS_FILE. A running gateway goes by what is changed there within a second.
  create              makes a key, notes its digest in the file, and shows it: once, alone on stdout
    --name <caller>   whose it is. Two keys of one name are one caller's, while one takes the other's place
    --scopes <list>   what it opens, comma separated:
${scopesIn('                      ')}
    --expires <time>  until when: RFC 3339, such as 2027-01-31T00:00:00Z, or a number of days, such as 90d
  list                whose keys there are, what they open, and when each was last used, to the minute
  revoke              takes a key out of the file, or all of a caller's
    --id <id>         as list shows it
    --name <caller>
  --help              this
To find the id of a key that was found somewhere: printf %s "$key" | sha256sum | cut -c-12
`;

function scopesIn(margin: string): string {
  const lines = [SCOPES.slice(0, 5), SCOPES.slice(5)];
  return lines.map((line) => margin + line.join(',')).join(',\n');
}

const VERBS = {
  create: { name: { type: 'string' }, scopes: { type: 'string' }, expires: { type: 'string' } },
  list: {},
  revoke: { id: { type: 'string' }, name: { type: 'string' } },
} as const;

interface Options {
  readonly name?: string;
  readonly scopes?: string;
  readonly expires?: string;
  readonly id?: string;
}

type Verb = keyof typeof VERBS;

/** @returns the exit code: 0, 1 where there is nothing to be done, 2 for a mistake in the arguments */
export function runKeys(argv: readonly string[], environment: () => Environment, open: OpenStore): Promise<number> {
  return runReadily(HELP, argv, async () => {
    const [verb = '', ...rest] = argv;
    if (!isVerb(verb)) throw new Mistake('What of the keys? Say create, list or revoke.');
    const options = optionsOf(rest, VERBS[verb]) as Options;
    const path = environment().API_KEYS_FILE;
    if (!path) throw new Refusal('Where are the keys? Set API_KEYS_FILE to the path of their file; create makes it.');
    await readily(() => RUN[verb](path, options, open));
  });
}

const isVerb = (text: string): text is Verb => Object.hasOwn(VERBS, text);

const RUN = { create, list, revoke } satisfies Record<
  Verb,
  (path: string, options: Options, open: OpenStore) => void | Promise<void>
>;

/** @throws Refusal for what is wrong with the file, in words */
async function readily(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof KeysFileTaken) throw new Refusal(thrown.message);
    if (thrown instanceof FileFault) throw new Refusal(`API_KEYS_FILE: ${thrown.message}.`);
    if (thrown instanceof SyntaxError) throw new Refusal('API_KEYS_FILE: it is not JSON.');
    if (!(thrown instanceof Error && 'syscall' in thrown && 'code' in thrown)) throw thrown;
    throw new Refusal(`API_KEYS_FILE: it can’t be read or written (${thrown.code}).`);
  }
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function create(path: string, { name, scopes, expires }: Options): void {
  if (name === undefined) throw new Mistake('Whose key is it? Give --name.');
  const now = Date.now();
  const key = newKey();
  const digest = digestOf(key);
  const entry = {
    ...{ name, sha256: digest, scopes: scopesOf(scopes), createdAt: new Date(now).toISOString() },
    ...(expires !== undefined && { expiresAt: endOf(expires, now) }),
  };
  namedWell(entry);
  changeKeysFile(path, (entries) => [...entries, entry]);
  process.stderr.write(
    `The key of ${name}, whose id is ${keyIdOf(digest)}. It is shown this once, and kept nowhere: send it as Authorization: Bearer <key>.\n`,
  );
  process.stdout.write(`${key}\n`);
}

/** @throws Mistake where the name is none that the file may have */
function namedWell(entry: object): void {
  try {
    parseKeys([entry]);
  } catch (thrown) {
    if (!(thrown instanceof FileFault)) throw thrown;
    throw new Mistake(`This can’t be the name of a caller: ${thrown.message}.`);
  }
}

function scopesOf(list: string | undefined): readonly Scope[] {
  const named = (list ?? '').split(',').filter((each) => each !== '');
  const unknown = named.find((each) => !isScope(each));
  if (named.length === 0 || unknown !== undefined)
    throw new Mistake(
      `What does it open? ${unknown === undefined ? 'Give --scopes.' : `There is no scope ${unknown}.`}`,
    );
  return named.filter(isScope);
}

const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

/** @param now in milliseconds */
function endOf(expires: string, now: number): string {
  const days = /^([1-9]\d{0,3})d$/.exec(expires)?.[1];
  const end = days === undefined ? Date.parse(expires) : now + Number(days) * DAY_MS;
  if (days === undefined && !/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/i.test(expires))
    throw new Mistake('Until when? Give --expires a time as RFC 3339 has it, or a number of days, such as 90d.');
  if (!(end > now)) throw new Mistake('A key that has expired opens nothing: give --expires a time to come.');
  return new Date(end).toISOString();
}

async function list(path: string, _options: Options, open: OpenStore): Promise<void> {
  const entries = entriesIn(path);
  const keys = parseKeys(entries);
  if (keys.length === 0) return void process.stdout.write('There is no key.\n');
  const { store } = await open();
  try {
    const uses = await store.keyUses();
    const now = new Date();
    const rows = keys.map(({ name, sha256, scopes, expiresAt }, place) => {
      const id = keyIdOf(sha256);
      const { createdAt } = entries[place] ?? {};
      const end = expiresAt === undefined ? '-' : new Date(expiresAt) <= now ? `expired ${expiresAt}` : expiresAt;
      const made = typeof createdAt === 'string' ? createdAt : '-';
      return [id, name, made, end, uses.get(id)?.toISOString() ?? 'never', scopes.join(',') || '-'];
    });
    process.stdout.write(table([['id', 'name', 'created', 'expires', 'last used', 'scopes'], ...rows]));
  } finally {
    await store.close();
  }
}

function revoke(path: string, { id, name }: Options): void {
  if ((id === undefined) === (name === undefined))
    throw new Mistake('Which key? Give --id, or --name for all keys of a caller.');
  let revoked = 0;
  changeKeysFile(path, (entries) => {
    const left = entries.filter((entry) =>
      id === undefined ? entry.name !== name : keyIdOf(String(entry.sha256)) !== id,
    );
    revoked = entries.length - left.length;
    if (revoked === 0) throw new Refusal('There is no such key.');
    return left;
  });
  process.stdout.write(`Revoked: ${revoked === 1 ? '1 key' : `${revoked} keys`}.\n`);
}
