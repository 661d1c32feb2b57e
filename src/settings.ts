import { z } from 'zod';
import { collectorHeaders, collectorUrl } from './collectorSettings.ts';
import type { Setting } from './contract/provider.ts';

/** One setting of the gateway itself: its default and what it is for make the README's table. */
interface OwnSetting<T> extends Setting<T> {
  readonly fallback: string;
}

/** What `DATABASE_URL` begins with where it is no file. */
export const POSTGRES = /^postgres(?:ql)?:\/\//;

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

const list = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const onOff = z
  .enum(['on', 'off'], { error: 'must be on or off' })
  .transform((value) => value === 'on')
  .optional();

/** A pattern such as `https://*.example.com` is none: it would be compared as it stands, and fit nobody. */
function isOrigin(value: string): boolean {
  return URL.parse(value)?.origin === value && !value.includes('*');
}

export const DEFAULT_TRUST_ORDER = ['octobat', 'cycle-software', 'nutcache', 'dirty-lemon', 'onboard-flow'];

/** Whether a host is this machine alone: 127.0.0.0/8 and ::1 (RFC 6890). @param host as an address, or in a URL's brackets */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|::1|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.test(host);

/** Whoever could change what is read there could make tokens of their own: only TLS, or this machine. */
const jwksUrl = z.string().transform((value, context) => {
  const url = URL.parse(value);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSafe && !url.username && !url.password && !url.hash) return url;
  context.addIssue({
    code: 'custom',
    message: 'must be an https URL (http on loopback) without credentials or fragment',
  });
  return z.NEVER;
});

/** What the gateway is told by its environment; the contract's table. */
export const OWN_SETTINGS = {
  HOST: { schema: z.string().default('127.0.0.1'), fallback: '127.0.0.1', about: 'Where to listen.' },
  PORT: { schema: whole(0, 65_535).default(4000), fallback: '4000', about: '0 picks a free one.' },
  AUTH: {
    schema: z.enum(['required', 'none'], { error: 'must be required or none' }).default('required'),
    fallback: 'required',
    about: '`none`: everyone has every scope; refused unless HOST is loopback, and beside keys or tokens.',
  },
  API_KEYS_FILE: {
    schema: z.string().optional(),
    fallback: '–',
    about:
      'JSON: `[{"name","sha256","scopes":[…],"expiresAt"?}]`, `sha256` the hex of the whole key. Reread when it changes.',
  },
  JWT_JWKS_URL: {
    schema: jwksUrl.optional(),
    fallback: '–',
    about:
      'Where the public keys of the issuer of access tokens are (JWKS). With it go `JWT_ISSUER` and `JWT_AUDIENCE`.',
  },
  JWT_ISSUER: {
    schema: z.string().optional(),
    fallback: '–',
    about: 'Their issuer: `iss`, character by character.',
  },
  JWT_AUDIENCE: {
    schema: z.string().optional(),
    fallback: '–',
    about: 'Whom they are for: `aud`, or one of them. Only this gateway’s name at the issuer, never that of an app.',
  },
  CORS_ORIGINS: {
    schema: z
      .string()
      .default('')
      .transform(list)
      .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example.com, comma separated'),
    fallback: 'none',
    about: 'Origins whose pages may call the gateway, comma separated, exact.',
  },
  DATABASE_URL: {
    schema: z
      .string()
      .refine(
        (url) => /^file:./.test(url) || (POSTGRES.test(url) && URL.canParse(url)),
        'must be file:<path> or postgres://…',
      )
      .default('file:./data/clientele.db'),
    fallback: 'file:./data/clientele.db',
    about: 'The embedded store’s file, or `postgres://…` for several gateways on one store.',
    secret: true,
  },
  REDIS_URL: {
    schema: z
      .string()
      .refine((url) => /^rediss?:\/\/./.test(url) && URL.canParse(url), 'must be redis://… or rediss://…')
      .optional(),
    fallback: '–',
    about:
      'Several gateways count their calls to providers there, and wake one another’s subscriptions. Nothing of customers is kept there.',
    secret: true,
  },
  GATEWAYS: {
    schema: whole(1, 1_000).optional(),
    fallback: '3 with REDIS_URL, else 1',
    about:
      'How many gateways there are at the most: each keeps to its part of what a provider grants while Redis can’t be asked, and the others leave it that part.',
  },
  ID_SECRET: {
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    fallback: 'made once, kept beside the database',
    about: 'Seals ids and cursors. Required with PostgreSQL.',
    secret: true,
  },
  ID_SECRET_PREVIOUS: {
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    fallback: '–',
    about: 'What was made with it goes on: ids, cursors, idempotency keys, and revisions given back as `ifRevision`.',
    secret: true,
  },
  CALLER_OPERATIONS_PER_MINUTE: {
    schema: whole(1, 100_000_000).default(60_000),
    fallback: '60000',
    about: 'How many operations one caller may ask for, by all gateways on one Redis together; not with `AUTH=none`.',
  },
  CALLER_CALLS_PER_MINUTE: {
    schema: whole(1, 100_000_000).default(30_000),
    fallback: '30000',
    about: 'How many calls to providers one caller’s operations may take, likewise.',
  },
  CACHE_MAX_AGE: {
    schema: whole(0, 86_400).default(30),
    fallback: '30',
    about: 'How many seconds old a read may be when the caller does not say.',
  },
  OPERATION_DEADLINE_MS: {
    schema: whole(1, 600_000).default(10_000),
    fallback: '10000',
    about: 'How long one operation may take; the same for every gateway on one store.',
  },
  STOP_DELAY_MS: {
    schema: whole(0, 600_000).default(0),
    fallback: '0',
    about:
      'How long requests are still taken after SIGTERM, while /health/ready says `stopping`: so long a proxy needs to look elsewhere.',
  },
  PROVIDER_TIMEOUT_MS: {
    schema: whole(1, 600_000).default(4_000),
    fallback: '4000',
    about: 'How long one call to a provider may take, waiting for its turn and every attempt included.',
  },
  SYNC_INTERVAL: {
    schema: whole(0, 86_400).default(900),
    fallback: '900',
    about: 'How many seconds between two copies of a provider’s listing; 0: only by `clientele sync`.',
  },
  TRUST_ORDER: {
    schema: z.string().default(DEFAULT_TRUST_ORDER.join(',')).transform(list),
    fallback: DEFAULT_TRUST_ORDER.join(','),
    about: 'Whose value wins in a merged profile; a provider not named comes last.',
  },
  TRUSTED_DOCUMENTS: {
    schema: z.string().optional(),
    fallback: '–',
    about:
      'A manifest of operations, as `clientele documents extract` makes it: no others run, but for callers with `operations:any`. Reread when it changes.',
  },
  GRAPHIQL: {
    schema: onOff,
    fallback: 'on with AUTH=none, else off',
    about: '`on` or `off`: GraphiQL at /graphql for a browser.',
  },
  INTROSPECTION: {
    schema: onOff,
    fallback: 'on with AUTH=none, else off',
    about: '`on` or `off`: the schema can be asked for.',
  },
  LOG_LEVEL: {
    schema: z
      .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
        error: 'must be a level such as info or debug',
      })
      .default('info'),
    fallback: 'info',
    about: 'JSON lines on stderr.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: collectorUrl.optional(),
    fallback: '–',
    about:
      'Where traces go, as JSON over HTTP: the base URL of a collector of OpenTelemetry, such as http://localhost:4318.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: collectorHeaders,
    fallback: 'none',
    about: 'What goes with them: `name=value`, comma separated, values percent-encoded.',
    secret: true,
  },
  OTEL_SERVICE_NAME: {
    schema: z.string().max(100, 'must have at most 100 characters').default('clientele'),
    fallback: 'clientele',
    about: 'Whose traces they are.',
  },
} as const satisfies Readonly<Record<string, OwnSetting<unknown>>>;
