/**
 * Where personal data stands, by table: everywhere else are numbers, times, hashes and names of our own. Secrets and
 * self-service links stand nowhere: they are taken out before anything is kept.
 */
export const PERSONAL_DATA = {
  /**
   * The providers' own ids, some of which their users choose, and the ids of others that they tell; what was last sent where
   * a provider has no read; words.
   */
  record: ['provider_id', 'shared', 'remembered', 'marks'],
  /** What a record says, and what it is found by. */
  copy: ['profile', 'raw', 'terms'],
  listed: ['name'],
  word: ['text', 'reversed'],
  /** What somebody said when linking, and who. */
  link: ['evidence', 'linked_by'],
  /** Who asked for what; what was sent, and what came of it. */
  mutation: ['caller'],
  write: ['provider_id', 'customer_id'],
  write_content: ['content'],
  write_noted: ['noted'],
  /** Which record somebody is at, for as long as they are; and who did what. */
  turn: ['name'],
  audit: ['caller'],
} as const;
