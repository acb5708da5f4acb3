/** Fingerprints of programs: equal for equal programs of different graphs, and different for each thing in which programs can differ. */
import { expect, it } from 'vitest'
import { add, concat, mul, repeat, scan, slice, sub, sum, tensor } from '../../src/index.ts'
import { fingerprint } from '../../src/program/fingerprint.ts'
import { hash } from '../../src/program/show.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { traced } from '../support/traced.ts'

type F = (x: Tensor, y: Tensor) => readonly Tensor[]

const captured = (third: number): Tensor => tensor([1, 2, third])

const programs: readonly (readonly [shape: readonly number[], f: F])[] = [
  [[3], (x, y) => [add(x, y)]],
  [[4], (x, y) => [add(x, y)]],
  [[3], (x) => [add(x, x)]],
  [[3], (x, y) => [sub(x, y)]],
  [[3], (x, y) => [sub(y, x)]],
  [[3], (x, y) => [add(x, y), x]],
  [[3], (x, y) => [x, add(x, y)]],
  [[3], (x) => [mul(x, 2)]],
  [[3], (x) => [mul(x, 0)]],
  [[3], (x) => [mul(x, -0)]],
  [[3], (x) => [mul(x, NaN)]],
  [[3], (x) => [slice(x, { end: [2] })]],
  [[3], (x) => [slice(x, { start: [1] })]],
  [[3], (x) => [mul(x, captured(3))]],
  [[3], (x) => [mul(x, captured(4))]],
  [[3], (x, y) => [concat([x, y])]],
  [[3], (x, y) => [concat([y, x, x])]],
  [[3], (x, y) => [repeat(4, (a) => mul(a, y), x)]],
  [[3], (x, y) => [repeat(5, (a) => mul(a, y), x)]],
  [[3], (x, y) => [repeat(4, (a) => add(a, y), x)]],
  [[3], (x, y) => [scan((a, b) => [mul(a, b), []], sum(x), y)[0]]]
]

const all = (): readonly string[] => programs.map(([shape, f]) => fingerprint(traced([shape, shape], f)))

it('is one for equal programs, and another for each other program', () => {
  expect(all()).toEqual(all())
  const hashes = programs.map(([shape, f]) => hash(traced([shape, shape], f)))
  expect(new Set(all()).size).toBe(new Set(hashes).size)
  expect(new Set(all()).size).toBe(programs.length)
})
