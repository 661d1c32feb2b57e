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
