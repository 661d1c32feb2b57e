import { join } from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';

/** An import that a rule of .dependency-cruiser.js forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface Layers {
  /** How many modules of src were read: none is no proof of order. */
  readonly modules: number;
  readonly violations: readonly Violation[];
}

/** The rules, from the repository that this file is in. */
export const layerRules = async (): Promise<IConfiguration> =>
  extractConfiguration(join(import.meta.dirname, '../../.dependency-cruiser.js'));

/**
 * Follows every import of src and examples.
 * @param root the folder that they lie in
 */
export async function readLayers(root: string): Promise<Layers> {
  const { options, forbidden } = await layerRules();
  const { output } = await cruise(
    ['src', 'examples'],
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    options?.enhancedResolveOptions,
  );
  if (typeof output === 'string') throw new Error('dependency-cruiser gave a text in place of its findings');
  return {
    modules: output.modules.filter(({ source }) => source.startsWith('src/')).length,
    violations: output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

/** Fewer can't be the whole of src: a parser that is missing reads no TypeScript, and finds nothing wrong with it. */
const FEWEST_MODULES = 50;

if (import.meta.main) {
  const { modules, violations } = await readLayers(process.cwd());
  const rules = new Map((await layerRules()).forbidden?.map(({ name, comment }) => [name, comment]));
  for (const { rule, from, to } of violations) console.log(`${from} may not import ${to}: ${rule}. ${rules.get(rule)}`);
  console.log(`${modules} modules, ${violations.length} imports that may not be`);
  if (modules < FEWEST_MODULES) console.log(`That is too few to be true: at least ${FEWEST_MODULES} were expected.`);
  process.exitCode = violations.length === 0 && modules >= FEWEST_MODULES ? 0 : 1;
}
