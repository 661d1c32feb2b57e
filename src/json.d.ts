/** "JSON.parse source text access" (ECMAScript proposal, in V8 since 11.4), which TypeScript's libraries lack. */
interface JSON {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source: string }) => unknown): unknown;
  rawJSON(source: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
}

/** A number that JavaScript can't hold, as it was spelt (src/http/exactJson.ts): an object to JavaScript, a number to JSON. */
interface ExactNumber {
  readonly rawJSON: string;
}
