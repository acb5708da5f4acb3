import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { isTensor } from '../../src/tensor/tensor.ts'
import {
  showPath,
  flatten,
  flattenWithPaths,
  structureKey,
  treeLeaves,
  treeMap,
  unflatten
} from '../../src/tensor/tree.ts'
import { thrown } from '../support/thrown.ts'

const a = makeTensor([1, 2])
const b = makeTensor([3, 4])

const doubled = (x: Tensor): Tensor => ({ ...x, data: x.data.map((value) => 2 * value) })

/** Trees of every kind, with tensors and numbers at the leaves. */
const trees = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('none'), tie('list'), tie('record')),
  leaf: fc.oneof(fc.double().map((x) => makeTensor([x])), fc.integer()),
  none: fc.constantFrom(null, undefined),
  list: fc.array(tie('tree'), { maxLength: 3 }),
  record: fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'w', '0', '10', '2', '__proto__', 'a.b', '"'), fc.string()), tie('tree'), { maxKeys: 3, noNullPrototype: true })
})).tree // prettier-ignore

describe('flatten', () => {
  it('walks records in the order of their sorted keys, arrays in their own', () => {
    const { leaves, paths } = flattenWithPaths({ w: a, b: [b, { z: 1, y: 2 }] })
    expect(leaves).toEqual([b, 2, 1, a])
    expect(paths.map(showPath)).toEqual(['b[0]', 'b[1].y', 'b[1].z', 'w'])
    expect(flatten({ w: a, b }).leaves).toEqual(flatten({ b, w: a }).leaves)
  })

  it('is undone by unflatten', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const { leaves, structure } = flatten(tree)
        expect(unflatten(structure, leaves)).toEqual(tree)
        expect(flatten(unflatten(structure, leaves)).structure).toEqual(structure)
        expect(leaves.every((leaf) => isTensor(leaf) || typeof leaf === 'number')).toBe(true)
      })
    )
  })

  it('takes null and undefined as structure, numbers as leaves', () => {
    expect(flatten({ x: null, y: undefined, z: 1 }).leaves).toEqual([1])
    expect(flatten(5).leaves).toEqual([5])
    expect(flatten(null).leaves).toEqual([])
    expect(flatten([]).leaves).toEqual([])
  })

  it('takes records without a prototype', () => {
    expect(flatten(Object.assign(Object.create(null) as object, { w: a })).leaves).toEqual([a])
  })

  it.each<readonly [unknown, string]>([
    ['text', 'a string at the root'],
    [{ layers: [{ activation: 'relu' }] }, 'a string at layers[0].activation'],
    [[a, [true]], 'a boolean at [1][0]'],
    [{ f: () => a }, 'a function at f'],
    [{ m: new Map() }, 'an instance of a class at m'],
    [{ data: new Float32Array(2) }, 'a typed array at data'],
    [{ s: Symbol('s') }, 'a symbol at s']
  ])('refuses %j', (tree, actual) => {
    expect(thrown(() => flatten(tree, 'f'))).toMatchObject({ _tag: 'InvalidTree', op: 'f', actual })
  })
})

describe('structureKey', () => {
  it('is equal exactly where structures are', () => {
    const key = (tree: unknown): string => structureKey(flatten(tree).structure)
    fc.assert(
      fc.property(trees, trees, (one, other) => {
        const same = JSON.stringify(shapeOf(one)) === JSON.stringify(shapeOf(other))
        expect(key(one) === key(other)).toBe(same)
      }),
      { numRuns: 500 }
    )
    expect(key({ a: 1, b: [a, null] })).toBe(key({ b: [2, null], a: b }))
    expect(key(null)).not.toBe(key(undefined))
    expect(key([[a], a])).not.toBe(key([[a, a]]))
    expect(key({ 'a":*,"b': 1 })).not.toBe(key({ a: 1, b: 1 }))
    expect(key([])).not.toBe(key({}))
  })
})

/** A tree with its leaves forgotten, said another way. */
const shapeOf = (tree: unknown): unknown => {
  if (tree === null || tree === undefined) return String(tree)
  if (typeof tree !== 'object' || isTensor(tree)) return 1
  if (Array.isArray(tree)) return tree.map(shapeOf)
  return { record: Object.entries(tree).toSorted(([x], [y]) => (x < y ? -1 : 1)).map(([k, v]) => [k, shapeOf(v)]) } // prettier-ignore
}

describe('treeMap', () => {
  it('keeps structure, and walks several trees together', () => {
    const tree = { w: [a, null] as const, b: { c: b } }
    expect(treeMap(doubled, tree)).toEqual({ w: [doubled(a), null], b: { c: doubled(b) } })
    const pairs: unknown[] = []
    treeMap((x, y) => (pairs.push([x, y]), x), tree, { b: { c: a }, w: [b, null] as const })
    expect(pairs).toEqual([[b, a], [a, b]]) // prettier-ignore
  })

  it('refuses trees of other structures', () => {
    const error = thrown(() => treeMap((x, _) => x, { a, b }, { a, c: b }))
    expect(error).toMatchObject({ _tag: 'InvalidTree', op: 'treeMap', actual: '{"a":*,"c":*}' })
    expect(error.expected).toContain('{"a":*,"b":*}')
    expect(thrown(() => treeMap((x, _) => x, [a] as unknown, [a, b]))._tag).toBe('InvalidTree')
  })

  it('is lawful: identity and composition', () => {
    const tree = { w: [a, { z: b }], n: null }
    expect(treeMap((x) => x, tree)).toEqual(tree)
    expect(treeMap((x) => doubled(doubled(x)), tree)).toEqual(treeMap(doubled, treeMap(doubled, tree)))
    expect(treeLeaves(tree)).toEqual([a, b])
  })
})
