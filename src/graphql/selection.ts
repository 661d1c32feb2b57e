import {
  type DirectiveNode,
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionSetNode,
} from 'graphql';
import type { Asks } from '../gateway/customer.ts';
import type { Operation } from '../gateway/operation.ts';

/**
 * What a selection costs, told before anything is asked: a customer's fields are answered from records that were read
 * side by side, and a provider whose fields are not selected is not called. The rules are the contract's.
 */
type CustomerField = 'none' | 'verification' | 'records';

const CUSTOMER_FIELDS: Readonly<Record<string, CustomerField>> = {
  id: 'none',
  __typename: 'none',
  formerIds: 'none',
  links: 'none',
  possibleDuplicates: 'none',
  records: 'records',
  verification: 'verification',
};

/** The fields of a record that are known without reading it. */
const RECORD_KEY_FIELDS = new Set(['id', '__typename', 'provider', 'providerId', 'customer']);

const CUSTOMER_TYPES = new Set(['Customer', 'Node', 'Profile']);
const RECORD_TYPES = new Set(['CustomerRecord', 'Node', 'Profile']);

/** What the selection below this field asks of the one customer that it resolves to. */
export function customerAsks(operation: Operation, info: GraphQLResolveInfo): Asks {
  return remembered(customerPlans, info, () => {
    const asks = { all: false, verification: false, providers: new Set<string>(), weight: weightOf(info) };
    for (const field of fieldsBelow(info, CUSTOMER_TYPES)) {
      const name = field.name.value;
      const member = operation.gateway.members.find((each) => each.field === name);
      const rule = member ? 'extension' : (CUSTOMER_FIELDS[name] ?? 'merged');
      if (member) asks.providers.add(member.id);
      else if (rule === 'verification') asks.verification = true;
      else if (rule === 'merged' || (rule === 'records' && readsRecord(info, [field]))) asks.all = true;
    }
    return asks;
  });
}

/** Whether the selection below this field needs the one record that it resolves to be read. */
export const recordAsked = (info: GraphQLResolveInfo): boolean =>
  remembered(recordPlans, info, () => readsRecord(info, info.fieldNodes));

function readsRecord(info: GraphQLResolveInfo, nodes: readonly FieldNode[]): boolean {
  for (const field of fieldsOf(info, nodes, RECORD_TYPES)) if (!RECORD_KEY_FIELDS.has(field.name.value)) return true;
  return false;
}

const customerPlans = new WeakMap<FieldNode, Asks>();
const recordPlans = new WeakMap<FieldNode, boolean>();

/** Parsed documents are kept by the server, so a plan is worked out once a document, unless variables decide on it. */
function remembered<Plan>(plans: WeakMap<FieldNode, Plan>, info: GraphQLResolveInfo, work: () => Plan): Plan {
  const [node, second] = info.fieldNodes;
  if (!node || second) return work();
  const known = plans.get(node);
  if (known !== undefined) return known;
  const plan = work();
  if (!isConditional(info, node.selectionSet)) plans.set(node, plan);
  return plan;
}

/** Whether variables decide on the selection. Each fragment is looked into once, however often it is spread. */
function isConditional(
  info: GraphQLResolveInfo,
  set: SelectionSetNode | undefined,
  seen: Set<string> = new Set(),
): boolean {
  return (set?.selections ?? []).some((selection) => {
    if (selection.directives && selection.directives.length > 0) return true;
    if (selection.kind !== 'FragmentSpread') return isConditional(info, selection.selectionSet, seen);
    const name = selection.name.value;
    return isNew(seen, name) && isConditional(info, info.fragments[name]?.selectionSet, seen);
  });
}

function isNew(seen: Set<string>, name: string): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}

const fieldsBelow = (info: GraphQLResolveInfo, types: ReadonlySet<string>) => fieldsOf(info, info.fieldNodes, types);

/** The fields selected below some nodes on an object of these types, through fragments, without what is skipped. */
function* fieldsOf(
  info: GraphQLResolveInfo,
  nodes: readonly FieldNode[],
  types: ReadonlySet<string>,
): Generator<FieldNode> {
  const seen = new Set<string>();
  for (const node of nodes) if (node.selectionSet) yield* fieldsIn(info, node.selectionSet, types, seen);
}

/** Each fragment is gone through once: spread twice at every level, it would take twice as long with every level. */
function* fieldsIn(
  info: GraphQLResolveInfo,
  set: SelectionSetNode,
  types: ReadonlySet<string>,
  seen: Set<string>,
): Generator<FieldNode> {
  for (const selection of set.selections) {
    if (!isIncluded(info, selection)) continue;
    if (selection.kind === 'Field') yield selection;
    else if (selection.kind === 'InlineFragment' || isNew(seen, selection.name.value)) {
      const fragment = selection.kind === 'FragmentSpread' ? info.fragments[selection.name.value] : selection;
      const type = fragment?.typeCondition?.name.value;
      if (fragment && (type === undefined || types.has(type)))
        yield* fieldsIn(info, fragment.selectionSet, types, seen);
    }
  }
}

const weights = new WeakMap<FieldNode, number>();

/** How many fields stand below this one, fragments spread out: what one object here costs to answer. */
export function weightOf(info: GraphQLResolveInfo): number {
  return info.fieldNodes.reduce((sum, node) => {
    let weight = weights.get(node);
    if (weight === undefined) {
      weight = fieldCount(info, node.selectionSet, new Map());
      weights.set(node, weight);
    }
    return sum + weight;
  }, 0);
}

/** Counts each fragment once and adds it as often as it is spread. */
function fieldCount(
  info: GraphQLResolveInfo,
  set: SelectionSetNode | undefined,
  fragments: Map<string, number>,
): number {
  let count = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === 'FragmentSpread') {
      const name = selection.name.value;
      const known = fragments.get(name) ?? fieldCount(info, info.fragments[name]?.selectionSet, fragments);
      fragments.set(name, known);
      count += known;
    } else {
      count += (selection.kind === 'Field' ? 1 : 0) + fieldCount(info, selection.selectionSet, fragments);
    }
  }
  return count;
}

function isIncluded(
  info: GraphQLResolveInfo,
  node: { readonly directives?: readonly DirectiveNode[] | undefined },
): boolean {
  if (!node.directives || node.directives.length === 0) return true;
  const conditions = { directives: node.directives };
  if (getDirectiveValues(GraphQLSkipDirective, conditions, info.variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, conditions, info.variableValues)?.if !== false;
}
