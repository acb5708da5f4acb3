import { describe, expect, it } from 'vitest'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { stack } from '../../src/ops/assembly.ts'
import { tensor, zeros } from '../../src/ops/creation.ts'
import { take } from '../../src/ops/indexing.ts'
import { dot, matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduction.ts'
import { key, split } from '../../src/random/key.ts'
import { normal } from '../../src/random/normal.ts'
import { uniform } from '../../src/random/uniform.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { grad } from '../../src/transform/grad.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { expectFormula, at } from '../support/naive.ts'
import { double, drawn } from '../support/smooth.ts'
import { thrown } from '../support/thrown.ts'

const x = drawn(1, [2, 3, 4])
const ramp = (shape: Shape): Tensor => double([...Array(shape.reduce((a, b) => a * b, 1)).keys()], shape)

describe('mapped axes', () => {
  it.each([0, 1, 2, -1, -2, -3])('may be any one of the argument: %i', (axis) => {
    const where = (axis + 3) % 3
    const rest = x.shape.toSpliced(where, 1)
    const result = vmap((slice: Tensor) => mul(slice, 2), { inAxes: [axis] })(x)
    expectFormula(result, [x.shape[where]!, ...rest], (i, j, k) => 2 * at(x, [j, k].toSpliced(where, 0, i)))
    const back = vmap((slice: Tensor) => mul(slice, 2), { inAxes: axis, outAxes: axis })(x)
    expectFormula(back, x.shape, (i, j, k) => 2 * at(x, [i, j, k]))
  })

  it.each([0, 1, 2, -1, -2, -3])('may go to any place of the result: %i', (axis) => {
    const where = (axis + 3) % 3
    const result = vmap((slice: Tensor) => slice, { outAxes: axis })(x)
    expectFormula(result, [3, 4].toSpliced(where, 0, 2), (...index) =>
      at(x, [index[where]!, ...index.toSpliced(where, 1)])
    )
  })

  it('come as a prefix of the arguments’ trees', () => {
    const f = (p: { readonly w: Tensor; readonly b: readonly Tensor[] }, y: Tensor): Tensor =>
      add(add(matmul(p.w, y), p.b[0]!), p.b[1]!)
    const p = { w: ramp([2, 3, 4]), b: [ramp([3]), ramp([3, 2])] }
    const y = ramp([4])
    const result = vmap(f, { inAxes: [{ w: 0, b: [null, 1] }, null] })(p, y)
    const row = (i: number): Tensor => add(add(matmul(double([...p.w.data.slice(12 * i, 12 * i + 12)], [3, 4]), y), p.b[0]!), double([0, 1, 2].map((k) => 2 * k + i))) // prettier-ignore
    expect([...result.data]).toEqual([...row(0).data, ...row(1).data])
    const all = vmap((q: { readonly a: Tensor; readonly b: Tensor }) => mul(q.a, q.b), { inAxes: [0] })
    expect([...all({ a: tensor([1, 2]), b: tensor([3, 4]) }).data]).toEqual([3, 8])
  })

  it('go to places given by a prefix of the result’s tree', () => {
    const f = (row: Tensor) => ({ same: row, list: [sum(row), tensor([7, 8])] as const, none: null })
    const result = vmap(f, { outAxes: { same: 1, list: [0, null], none: null } })(tensor([[1, 2, 3], [4, 5, 6]])) // prettier-ignore
    expect(result.same.shape).toEqual([3, 2])
    expect([...result.same.data]).toEqual([1, 4, 2, 5, 3, 6])
    expect([...result.list[0].data]).toEqual([6, 15])
    expect([...result.list[1].data]).toEqual([7, 8])
    expect(result.none).toBeNull()
  })

  it('are given to results that do not depend on them', () => {
    const result = vmap((row: Tensor) => [sum(row), tensor([7, 8])] as const)(zeros([3, 2]))
    expect([...result[1].data]).toEqual([7, 8, 7, 8, 7, 8])
    expect(vmap((_: Tensor) => 5 as unknown as Tensor)(zeros([3])).shape).toEqual([3])
  })
})

describe('misfits', () => {
  const f = (a: Tensor, b: Tensor): Tensor => dot(a, b)
  it.each<readonly [string, () => unknown, Record<string, unknown>]>([
    ['extents that differ', () => vmap(f)(zeros([2, 3]), zeros([4, 3])), { _tag: 'ShapeMisfit', actual: 'extents 2 and 4' }],
    ['no mapped axis', () => vmap(f, { inAxes: [null, null] })(zeros([3]), zeros([3])), { _tag: 'ShapeMisfit', actual: 'no mapped axis' }],
    ['an axis that is not there', () => vmap(f, { inAxes: [0, 2] })(zeros([2, 3]), zeros([2, 3])), { _tag: 'ShapeMisfit', expected: 'an axis 2 to map over at [1] of the arguments', actual: 'float32[2, 3]' }],
    ['a scalar', () => vmap(f)(zeros([2, 3]), tensor(1)), { _tag: 'ShapeMisfit', actual: 'float32[]' }],
    ['too few axes', () => vmap(f, { inAxes: [0] })(zeros([2, 3]), zeros([2, 3])), { _tag: 'InvalidTree', actual: 'axes for 0 but values 0, 1 at the root' }],
    ['axes of another record', () => vmap((p: { readonly w: Tensor }) => p.w, { inAxes: [{ v: 0 }] })({ w: zeros([2]) }), { _tag: 'InvalidTree', actual: 'axes for v but values w at [0]' }],
    ['axes deeper than the values', () => vmap(f, { inAxes: [[0], 0] })(zeros([2, 3]), zeros([2, 3])), { _tag: 'InvalidTree', actual: 'axes for 0 but one value at [0]' }],
    ['an array beside a record', () => vmap((p: { readonly w: Tensor }) => p.w, { inAxes: [[0]] })({ w: zeros([2]) }), { _tag: 'InvalidTree', actual: 'an array beside a record at [0]' }],
    ['a place that is not there', () => vmap(f, { outAxes: 1 })(zeros([2, 3]), zeros([2, 3])), { _tag: 'InvalidArgument', expected: 'outAxes within rank 1' }],
    ['null for a result that is mapped', () => vmap(f, { outAxes: null })(zeros([2, 3]), zeros([2, 3])), { _tag: 'InvalidArgument' }],
  ])('%s', (_, run, expected) => {
    const error = thrown(run)
    expect(error).toMatchObject({ op: 'vmap', ...expected })
    expect(error.site).toContain('vmap.test.ts')
  }) // prettier-ignore
})

describe('nested maps', () => {
  it('make an outer product of two inner ones', () => {
    const [a, b] = [ramp([2, 5]), ramp([3, 5])]
    const table = vmap((u: Tensor) => vmap((v: Tensor) => dot(u, v))(b))(a)
    expect([...table.data]).toEqual([...matmul(a, double([0, 1, 2, 3, 4].flatMap((k) => [0, 1, 2].map((j) => 5 * j + k)), [5, 3])).data]) // prettier-ignore
  })

  it('commute', () => {
    const f = (a: Tensor, b: Tensor): Tensor => mul(sum(a), b)
    const one = vmap((row: Tensor) => vmap((s: Tensor) => f(row, s))(tensor([1, 2])))(ramp([3, 4]))
    const other = vmap((s: Tensor) => vmap((row: Tensor) => f(row, s))(ramp([3, 4])), { outAxes: 1 })(tensor([1, 2]))
    expect([...one.data]).toEqual([...other.data])
  })

  it('take per-sample gradients', () => {
    const [w, batch] = [double([1, 2]), ramp([3, 2])]
    const perSample = vmap(
      grad((v: Tensor, row: Tensor) => mul(dot(v, row), dot(v, row))),
      { inAxes: [null, 0] }
    )
    expectFormula(
      perSample(w, batch),
      [3, 2],
      (i, j) => 2 * (at(batch, [i, 0]) + 2 * at(batch, [i, 1])) * at(batch, [i, j])
    )
  })
})

describe('keys', () => {
  const keys = split(key(7), 3)
  it('give each slice the draws of its own key', () => {
    for (const draw of [(k: Tensor) => normal(k, [2, 2]), (k: Tensor) => uniform(k, [5])]) {
      const together = vmap(draw)(keys)
      const apart = [0, 1, 2].map((i) => draw(take(keys, i)))
      expect([...together.data]).toEqual([...stack(apart).data])
    }
  })

  it('give the same to all slices where they are not mapped', () => {
    const result = vmap((_: Tensor, k: Tensor) => uniform(k, [2]), { inAxes: [0, null] })(zeros([3]), key(1))
    expect([...result.data.slice(0, 2)]).toEqual([...result.data.slice(2, 4)])
  })
})
