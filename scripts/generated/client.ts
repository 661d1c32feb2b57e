import { CodegenContext, executeCodegen } from '@graphql-codegen/cli';
import config from '../../codegen.ts';

/**
 * The typed documents of schema/operations, as codegen.ts has them made.
 * @param root the repository's folder
 * @param sdl the schema as it is now, whatever the committed file says
 * @returns what belongs into each file, by its path in the repository
 */
export async function typedDocuments(root: string, sdl: string): Promise<ReadonlyMap<string, string>> {
  const context = new CodegenContext({ config: { ...config, schema: sdl, silent: true } });
  context.cwd = root;
  const { result, error } = await executeCodegen(context);
  if (error) throw error;
  return new Map(result.map(({ filename, content }) => [filename, `${content.trimEnd()}\n`]));
}
