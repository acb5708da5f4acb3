import { fail } from './error.ts'
import type { Tensor } from './tensor.ts'
import { isTensor } from './tensor.ts'

/**
 * Trees of tensors: records, arrays and tuples, nested as one likes, with tensors (or numbers, which stand for float32
 * scalars) at the leaves. null and undefined are no leaves but part of the structure. Records are walked in the order
 * of their sorted keys.
 */
export type Structure =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'static'; readonly value: unknown }
  | { readonly kind: 'array'; readonly items: readonly Structure[] }
  | { readonly kind: 'record'; readonly keys: readonly string[]; readonly items: readonly Structure[] }

export type Leaf = Tensor | number
export type Path = readonly (string | number)[]

/** Shows a path as messages do: `layers[0].weight`. */
export const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${String(step)}]` : text === '' ? step : `${text}.${step}`),
    ''
  )

export const isNothing = (x: unknown): boolean => x === null || x === undefined

/** Tells whether it is a plain record, of whatever realm: no array, and no instance of a class. */
export const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => {
  if (typeof x !== 'object' || x === null) return false
  const prototype = Object.getPrototypeOf(x) as object | null
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  )
}

/** The levels of a tree; one of more is taken for one that holds itself. */
const deepest = 1000

const tooDeep = (op: string): never =>
  fail('InvalidTree', {
    op,
    expected: `a tree of at most ${String(deepest)} levels`,
    actual: 'a deeper or circular one'
  })

const isPromise = (x: object): boolean => 'then' in x && typeof x.then === 'function'

const nameOf = (x: object | null): string => {
  if (x === null) return 'null'
  return isPromise(x) ? 'a promise' : ArrayBuffer.isView(x) ? 'a typed array' : 'an instance of a class'
}

const hintFor = (x: unknown): { readonly hint?: string } => {
  if (typeof x !== 'object' || x === null) return {}
  return isPromise(x) ? { hint: 'Await it first' } : ArrayBuffer.isView(x) ? { hint: 'Write tensor(data, shape)' } : {}
}

/**
 * Lists leaves in walking order, each with its path, and the structure that `unflatten` rebuilds from. What `isStatic`
 * accepts is no leaf but part of the structure.
 */
export const flattenWithPaths = (
  tree: unknown,
  op = 'tree',
  isStatic: (x: unknown, path: Path) => boolean = isNothing
): { readonly leaves: readonly Leaf[]; readonly paths: readonly Path[]; readonly structure: Structure } => {
  const leaves: Leaf[] = []
  const paths: Path[] = []
  const walk = (node: unknown, path: Path): Structure => {
    if (path.length > deepest) return tooDeep(op)
    if (isStatic(node, path)) return { kind: 'static', value: node }
    if (isTensor(node) || typeof node === 'number') {
      leaves.push(node)
      paths.push(path)
      return { kind: 'leaf' }
    }
    if (Array.isArray(node)) return { kind: 'array', items: node.map((item, i) => walk(item, [...path, i])) }
    if (isRecord(node)) {
      const keys = Object.keys(node).sort()
      return { kind: 'record', keys, items: keys.map((key) => walk(node[key], [...path, key])) }
    }
    return fail('InvalidTree', {
      op,
      expected: 'tensors, numbers, and plain records and arrays of them',
      actual: `${typeof node === 'object' ? nameOf(node) : `a ${typeof node}`} at ${showPath(path) || 'the root'}`,
      ...hintFor(node)
    })
  }
  const structure = walk(tree, [])
  return { leaves, paths, structure }
}

export const flatten = (tree: unknown, op?: string): { leaves: readonly Leaf[]; structure: Structure } =>
  flattenWithPaths(tree, op)

/** Builds the tree of that structure with these leaves: the inverse of `flatten`. */
export const unflatten = (structure: Structure, leaves: readonly unknown[]): unknown => {
  let next = 0
  const build = (node: Structure): unknown => {
    switch (node.kind) {
      case 'leaf':
        return leaves[next++]
      case 'static':
        return node.value
      case 'array':
        return node.items.map(build)
      case 'record':
        return Object.fromEntries(node.keys.map((key, i) => [key, build(node.items[i]!)]))
    }
  }
  return build(structure)
}

/** Counts the leaves of a structure. */
export const countLeaves = (structure: Structure): number =>
  structure.kind === 'leaf'
    ? 1
    : structure.kind === 'static'
      ? 0
      : structure.items.reduce((n, x) => n + countLeaves(x), 0)

/** Writes a structure as one line, which two structures share exactly when they are equal. */
export const structureKey = (node: Structure): string => {
  switch (node.kind) {
    case 'leaf':
      return '*'
    case 'static':
      return node.value === null || node.value === undefined ? String(node.value) : `<${typeof node.value}>`
    case 'array':
      return `[${node.items.map(structureKey).join(',')}]`
    case 'record':
      return `{${node.keys.map((key, i) => `${JSON.stringify(key)}:${structureKey(node.items[i]!)}`).join(',')}}`
  }
}

/**
 * Applies `f` to every leaf, in a tree of the same structure; further trees of that structure are walked along.
 *
 * @example
 * import { treeMap, add, tensor } from 'saddlepoint'
 * const sum = treeMap((a, b) => add(a, b), { w: tensor([1, 2]) }, { w: tensor([3, 4]) })
 * sum.w.data // => [4, 6]
 */
export const treeMap = <T>(f: (...leaves: Tensor[]) => Tensor, tree: T, ...rest: readonly T[]): T => {
  if (typeof f !== 'function')
    fail('InvalidArgument', {
      op: 'treeMap',
      expected: 'a function of leaves',
      actual: typeof f,
      hint: 'treeMap(f, tree)'
    })
  const { leaves, structure } = flatten(tree, 'treeMap')
  const others = rest.map((other) => {
    const flat = flatten(other, 'treeMap')
    if (structureKey(flat.structure) !== structureKey(structure))
      fail('InvalidTree', {
        op: 'treeMap',
        expected: `trees of one structure ${structureKey(structure)}`,
        actual: structureKey(flat.structure)
      })
    return flat.leaves
  })
  return unflatten(
    structure,
    leaves.map((leaf, i) => f(leaf as Tensor, ...others.map((o) => o[i] as Tensor)))
  ) as T
}

/**
 * Lists the tensors of anything at all, and a structure that carries everything else along: numbers, text, functions.
 */
export const flattenTensors = (
  value: unknown
): { readonly leaves: readonly Tensor[]; readonly structure: Structure } => {
  const leaves: Tensor[] = []
  const walk = (node: unknown, level: number): Structure => {
    if (level > deepest) return tooDeep('tree')
    if (isTensor(node)) {
      leaves.push(node)
      return { kind: 'leaf' }
    }
    if (Array.isArray(node)) return { kind: 'array', items: node.map((item) => walk(item, level + 1)) }
    if (!isRecord(node)) return { kind: 'static', value: node }
    const keys = Object.keys(node).sort()
    return { kind: 'record', keys, items: keys.map((key) => walk(node[key], level + 1)) }
  }
  const structure = walk(value, 0)
  return { leaves, structure }
}

/** Lists the leaves of a tree, in walking order. */
export const treeLeaves = (tree: unknown, ...more: readonly []): readonly Tensor[] => {
  const further: readonly unknown[] = more
  if (further.length > 0)
    fail('InvalidArgument', { op: 'treeLeaves', expected: 'one tree', actual: 'several', hint: 'treeLeaves([a, b])' })
  return flatten(tree, 'treeLeaves').leaves as readonly Tensor[]
}
