/**
 * A self-service link that may be handed out: https on the provider's own domain, or on the very origin that the
 * provider is configured at (a simulation on loopback). Anything else (another host, `http:`, `javascript:`) is null.
 * @param domain the provider's registered domain, e.g. `octobat.com`
 */
export function ownLink(value: unknown, domain: string, base: URL): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || url.username || url.password) return null;
  const onDomain =
    url.protocol === 'https:' && (url.hostname === domain || url.hostname.endsWith(`.${domain}`)) && url.port === '';
  return onDomain || url.origin === base.origin ? url.href : null;
}
