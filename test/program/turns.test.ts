/** Evaluation in turns: the same values, with turns for others, and an end where these say no. */
import { expect, it } from 'vitest'
import { Program, matmul, mul, ones } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { evaluateInTurns, prepare } from '../../src/program/evaluate.ts'

/** Products one after the other, each of which takes the plain loops a while. */
const chain = (x: Tensor, n: number): Tensor =>
  Array.from({ length: n }).reduce<Tensor>((y) => mul(matmul(x, y), 1 / 160), x)
const x = ones([160, 160])
const program = Program.of((y: Tensor) => chain(y, 60), x)

it('gives the values of evaluation at once, and turns in between', async () => {
  let turns = 0
  const found = await evaluateInTurns(program, 'float32', [x.data], () => Promise.resolve(++turns > 0))
  expect(found).toEqual(prepare(program, 'float32')([x.data]))
  expect(turns).toBeGreaterThan(0)
})
it('ends at the first turn that says no', async () => {
  let seen = 0
  const stopped = await evaluateInTurns(program, 'float32', [x.data], () => Promise.resolve(false), () => seen++) // prettier-ignore
  expect(stopped).toBeUndefined()
  expect(seen).toBeGreaterThan(0)
  expect(seen).toBeLessThan(60)
})
