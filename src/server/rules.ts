import {
  type ASTNode,
  type FragmentSpreadNode,
  GraphQLError,
  type InlineFragmentNode,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/**
 * At most one confirmCustomer in an operation, through fragments and whatever it is called: aliases would try many codes
 * in one request.
 */
export const oneConfirmation: ValidationRule = (context) => ({
  OperationDefinition(node) {
    const answers = new Set<string>();
    collect(context, node.selectionSet, answers, new Set());
    if (answers.size < 2) return;
    refuse(context, node, 'At most one confirmCustomer may be in an operation.');
  },
});

/** What one operation may ask for: a caller who needs more asks twice. */
const MOST = { tokens: 10_000, rootFields: 100, fields: 500, depth: 30 };

/** For the parser, which stops there: what comes after it is never held. */
export const MOST_TOKENS = MOST.tokens;

/** Keeps an operation small enough to be checked and answered quickly, however its fields are spread over fragments. */
export const bounded: ValidationRule = (context) => {
  const depths = new Map<string, number>();
  return {
    OperationDefinition(node) {
      const fields = node.selectionSet.selections.length + spread(context, node.selectionSet, new Set());
      if (fields > MOST.rootFields) refuse(context, node, `At most ${MOST.rootFields} fields may stand at the root.`);
      if (depthOf(context, node.selectionSet, depths) > MOST.depth)
        refuse(context, node, `Fields may be nested ${MOST.depth} deep at most.`);
    },
    SelectionSet(node) {
      if (node.selections.length > MOST.fields)
        refuse(context, node, `At most ${MOST.fields} fields may stand beside one another.`);
    },
  };
};

function refuse(context: ValidationContext, node: ASTNode, message: string): void {
  context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'OPERATION_TOO_COMPLEX' } }));
}

/** How many selections stand in the fragments of a set, each fragment counted once. */
function spread(context: ValidationContext, set: SelectionSetNode, seen: Set<SelectionSetNode>): number {
  let count = 0;
  for (const selection of set.selections) {
    const below = selection.kind === Kind.FIELD ? undefined : fragmentOf(context, selection);
    if (!below || seen.has(below)) continue;
    seen.add(below);
    count += below.selections.length + spread(context, below, seen);
  }
  return count;
}

/** Of a fragment that leads to itself, which other rules refuse, the way there and no further. */
function depthOf(context: ValidationContext, set: SelectionSetNode, depths: Map<string, number>): number {
  let deepest = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      const below = depths.has(name) ? undefined : fragmentOf(context, selection);
      if (below) {
        depths.set(name, 0);
        depths.set(name, depthOf(context, below, depths));
      }
      deepest = Math.max(deepest, depths.get(name) ?? 0);
    } else if (selection.selectionSet) {
      const own = selection.kind === Kind.FIELD ? 1 : 0;
      deepest = Math.max(deepest, own + depthOf(context, selection.selectionSet, depths));
    } else deepest = Math.max(deepest, 1);
  }
  return deepest;
}

const fragmentOf = (
  context: ValidationContext,
  selection: FragmentSpreadNode | InlineFragmentNode,
): SelectionSetNode | undefined =>
  selection.kind === Kind.INLINE_FRAGMENT
    ? selection.selectionSet
    : context.getFragment(selection.name.value)?.selectionSet;

/** The names under which an operation's root answers confirmCustomer; equal ones are one field. */
function collect(
  context: ValidationContext,
  set: SelectionSetNode,
  answers: Set<string>,
  fragments: Set<string>,
): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value === 'confirmCustomer') answers.add(selection.alias?.value ?? selection.name.value);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      collect(context, selection.selectionSet, answers, fragments);
    } else if (!fragments.has(selection.name.value)) {
      fragments.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) collect(context, fragment.selectionSet, answers, fragments);
    }
  }
}
