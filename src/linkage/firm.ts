import { fold } from '../model/fold.ts';

/** What stands behind a firm's name, and clerks write or leave out. */
const LEGAL_FORM =
  'bv|nv|vof|cv|bvba|gmbh|mbh|ag|kg|ohg|ug|ltd|limited|plc|llp|llc|inc|incorporated|corp|corporation|co|company|pty|sarl|sas|sasu|sa|eurl|sprl|srl|spa|sl|slu|ltee|oy|ab|as|aps';
const FORMS_BEHIND = new RegExp(`(?: (?:${LEGAL_FORM}))+$`);

/** Those that are people's names, too, unless they are written with dots: "Maria Sá" is nobody's firm, "Sá S.A." is. */
const NAMES_TOO = /^(?:co|sa|as|ab|spa|inc|company)$/;
const FORM = new RegExp(`^(?:${LEGAL_FORM})$`);

/** Words that firms call themselves by, and people don't. */
const TRADES = new Set(
  (
    'sons bros brothers zonen zn gebr gebroeders fils freres figli fratelli hijos hermanos sohne soehne holding group ' +
    'groep groupe gruppe gruppo grupo services consulting solutions studio shop store winkel bakkerij bakery boulangerie ' +
    'garage restaurant hotel brasserie fietsen bikes stichting vereniging foundation association verein'
  ).split(' '),
);

/** A firm's name, folded, without its legal form; one that is nothing else keeps it. */
export function firmName(name: string | null): string | null {
  return fold(name)?.replace(FORMS_BEHIND, '') ?? null;
}

/** Whether a name, of which nobody says whose it is, can only be a firm's. */
export function isFirmName(name: string | null): boolean {
  const words = fold(name)?.split(' ') ?? [];
  if (name === null || words.length < 2) return false;
  const last = words.at(-1) ?? '';
  const hasForm = FORM.test(last) && (!NAMES_TOO.test(last) || name.trim().endsWith('.'));
  return hasForm || /\p{L}\s*&/u.test(name) || words.some((word) => TRADES.has(word));
}
