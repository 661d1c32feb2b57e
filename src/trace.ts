/** What may be said of a piece: nothing else reaches a trace. */
export type PieceAttribute =
  | 'provider'
  | 'method'
  /** With names in place of values. */
  | 'route'
  | 'status'
  | 'attempts'
  | 'queuedMs'
  /** How many records were asked for, and where the answers came from. */
  | 'asked'
  | 'live'
  | 'cached'
  | 'copies'
  | 'failed'
  /** How many records are to be asked for at once, what was chosen for them and why, and the calls of either way. */
  | 'records'
  | 'choice'
  | 'reason'
  | 'reads'
  | 'pages';

/** A piece of an operation's work that is over, as a trace shows it: names, routes, counts and codes, and nobody's values. */
export interface Piece {
  readonly name: string;
  /** Both on the clock's `elapsed` scale, in milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Partial<Record<PieceAttribute, string | number | boolean>>>;
  /** The code of what went wrong. */
  readonly failed?: string;
  /** What it was made of. */
  readonly parts?: readonly Piece[];
}

/** Takes what an operation has done, piece by piece. */
export interface Trace {
  add(piece: Piece): void;
}
