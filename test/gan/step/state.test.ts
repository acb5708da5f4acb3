/** States from outside: the first place where one differs from the spec's own is named. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Opt, Reg } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { showPath, flattenWithPaths } from '../../../src/tensor/tree.ts'
import { showAval } from '../../../src/tensor/tensor.ts'
import { compiled, leftOf, rightOf, smallSpec } from '../../support/smallGan.ts'

type Edit = (leaf: Tensor) => unknown
type Tree = Record<string, unknown>

/** A copy of the tree with what `edit` makes at that path; undefined: nothing there. */
const editedAt = (tree: unknown, [name, ...rest]: readonly (string | number)[], edit: Edit): unknown => {
  if (name === undefined) return edit(tree as Tensor)
  const inner = editedAt((tree as Tree)[name], rest, edit)
  if (Array.isArray(tree)) return tree.map((x: unknown, i) => (i === name ? inner : x))
  const others = Object.fromEntries(Object.entries(tree as Tree).filter(([key]) => key !== name))
  return inner === undefined ? others : { ...(tree as Tree), [name]: inner }
}

const spec = smallSpec(
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 })),
  Gan.withRegularizer('generator', Reg.pathLength()),
  Gan.withAverage({ decay: 0.5 })
)

const faults: readonly (readonly [string, Edit, (leaf: Tensor) => string])[] = [
  ['another shape', (x) => ({ ...x, shape: [...x.shape, 1] }), (x) => `${x.dtype}[${[...x.shape, 1].join(', ')}]`],
  [
    'too few numbers',
    (x) => ({ ...x, data: x.data.slice(1) }),
    (x) => `${showAval(x)} of ${String(x.data.length - 1)} numbers`
  ],
  [
    'another dtype',
    (x) =>
      x.dtype === 'float32'
        ? { ...x, dtype: 'int32', data: Int32Array.from(x.data) }
        : { ...x, dtype: 'float32', data: Float32Array.from(x.data) },
    (x) => showAval({ ...x, dtype: x.dtype === 'float32' ? 'int32' : 'float32' })
  ]
]

describe('a state', () => {
  const compiling = compiled(spec)
  it.each(faults)('is refused for %s, wherever that is', async (_, edit, actual) => {
    const step = await compiling
    const state = await step.init(0)
    const { leaves, paths } = flattenWithPaths(state, 'state')
    expect(paths.map(showPath)).toEqual(expect.arrayContaining(['step', 'cursor', 'key']))
    for (const [i, path] of paths.entries()) {
      const leaf = leaves[i] as Tensor
      const given = editedAt(state, path, edit) as Gan.State
      expect(leftOf(await step.trainer(given)())).toMatchObject([
        {
          _tag: 'BadState',
          path: ['state', ...path],
          expected: showAval(leaf),
          actual: actual(leaf),
          severity: 'error'
        }
      ])
    }
  })
  it('is refused for what it lacks, and for what it has beside', async () => {
    const step = await compiling
    const state = await step.init(0)
    const lacking = editedAt(state, ['averages', 'generator'], () => undefined) as Gan.State
    const [first] = leftOf(await step.trainer(lacking)())
    expect(first).toMatchObject({ _tag: 'BadState', actual: 'nothing' })
    expect(first.path.slice(0, 3)).toEqual(['state', 'averages', 'generator'])
    const beside = { ...state, epoch: state.step } as unknown as Gan.State
    expect(leftOf(await step.trainer(beside)())).toMatchObject([
      { _tag: 'BadState', path: ['state', 'epoch'], expected: 'nothing', actual: 'int32[]' }
    ])
    rightOf(await step.trainer(state)()).dispose()
  })
  it.each([null, undefined, 3, 'text', () => 1, new Map()])('is none: %s', async (given) => {
    const step = await compiling
    const [first] = leftOf(await step.trainer(given as never)())
    expect(first._tag).toBe('BadState')
    expect(first.path[0]).toBe('state')
    await expect(step(given as never, [])).rejects.toMatchObject({ _tag: 'InvalidArgument', op: 'step' })
    expect(E.isLeft(await step.replay(given as never)())).toBe(true)
  })
})
