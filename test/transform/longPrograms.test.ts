/** What a gradient makes: so many nodes an operation however long the program is, each once. */
import { expect, it } from 'vitest'
import { Program, add, grad, mul, ones, sin, sum, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

type Step = (y: Tensor, x: Tensor) => Tensor
const chain =
  (n: number, steps: readonly Step[]) =>
  (x: Tensor): Tensor =>
    sum(Array.from({ length: n }).reduce<Tensor>((y, _, i) => steps[i % steps.length]!(y, x), x))

/** Nodes that the whole trace of a gradient holds, for each operation more. */
const madeFor = (steps: readonly Step[]): number => {
  const made = (n: number): number => Program.of(grad(chain(n, steps)), ones([4])).outputs[0]!.graph.count
  return (made(400) - made(200)) / 200
}

it.each([
  // The operation, itself at the argument, its cosine, a tangent and a cotangent.
  ['sines', [(y: Tensor) => sin(y)], 5],
  // The operation twice, two products of the tangent and their sum, a cotangent for either operand.
  ['products', [mul], 7],
  ['four kinds', [mul, add, (y: Tensor) => sin(y), (y: Tensor) => tanh(y)], 5.75]
] as const)('a gradient of %s makes no node twice', (_, steps, nodes) => {
  expect(madeFor(steps as readonly Step[])).toBe(nodes)
})
