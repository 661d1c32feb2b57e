/** What browsers, proxies and mail programs take without trouble; no standard sets a limit. */
const URL_LIMIT = 2048;

/**
 * An absolute http or https URL as the URL standard writes it, at most 2,048 characters, or null. One with a user name
 * or password is null too: it is handed on to others.
 */
export function webUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > URL_LIMIT) return null;
  // Not `text`: composing letters (NFC) would name another file.
  const written = value.trim();
  // The URL standard itself is far more forgiving: it drops tabs and line breaks, and reads "https:x" and "https:///x"
  // as absolute.
  if (!/^https?:\/\/(?![/\\])[^\s\p{Cc}]+$/iu.test(written)) return null;
  const url = URL.parse(written);
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.href.length <= URL_LIMIT ? url.href : null;
}
