import { GraphQLError, Kind, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';

/**
 * At most one confirmCustomer in an operation, through fragments and whatever it is called: aliases would try many codes
 * in one request.
 */
export const oneConfirmation: ValidationRule = (context) => ({
  OperationDefinition(node) {
    const answers = new Set<string>();
    collect(context, node.selectionSet, answers, new Set());
    if (answers.size < 2) return;
    context.reportError(
      new GraphQLError('At most one confirmCustomer may be in an operation.', {
        nodes: node,
        extensions: { code: 'OPERATION_TOO_COMPLEX' },
      }),
    );
  },
});

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
