/** On the engine that SADDLEPOINT_ENGINE names (wasm if none): every primitive, and random programs, to second order. */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engines/engine.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import { call } from '../../src/program/call.ts'
import { prepare } from '../../src/program/evaluate.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import type { Program } from '../../src/program/program.ts'
import { nodesOf } from '../../src/program/program.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { caseFrom, caseSources } from '../support/arbitraries.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'
import { namedEngine, toleranceOf, waysOf } from '../support/engineUnderTest.ts'
import { randomProgram } from '../support/randomPrograms.ts'
import { narrow, programOf, rightOf } from '../support/programs.ts'

const name = namedEngine ?? 'wasm'
const tolerance = toleranceOf(name)
const [first, ...others] = (await waysOf(name)) as [Engine, ...Engine[]]

/** What a program gives on the engine: twice, and in every way, to the same bits. */
const resultsOf = async (program: Program, inputs: readonly Data[]): Promise<readonly Data[]> => {
  const runOn = async (engine: Engine, times: number): Promise<readonly (readonly Data[])[]> => {
    const executable = rightOf(await engine.compile(program)())
    const results: (readonly Data[])[] = []
    for (let i = 0; i < times; i++) results.push(rightOf(await executable.run(inputs)()))
    executable.dispose()
    return results
  }
  const [results, again] = (await runOn(first, 2)) as [readonly Data[], readonly Data[]]
  expect(again).toEqual(results)
  for (const engine of others) expect(await runOn(engine, 1)).toEqual([results])
  return results
}

const exactly = (program: Program, inputs: readonly Data[]): readonly Data[] =>
  prepare(program, 'float64')(inputs.map((data) => (data instanceof Float32Array ? Float64Array.from(data) : data)))

type Map = (...xs: Tensor[]) => Tensor[]

interface Trial {
  /** The value; and the tangents, cotangents and second derivatives, where there are any. */
  readonly f: Map
  readonly inputs: readonly Tensor[]
}

const trialOf = (primitive: PrimitiveName, seed: number): Trial => {
  const { params, moves, ...of } = caseFrom(caseSources[primitive], seed)
  const d = drawsFrom(seed + 1)
  const apply = (xs: readonly Tensor[]): Tensor => call(registry[primitive] as AnyPrimitive, params, xs)
  const direction = ({ shape }: Tensor): Tensor => narrow(drawTensor(shape, () => d.real(-1, 1)))
  const operands = of.operands(d).map(narrow)
  const y = apply(operands)
  if (moves.length === 0 || y.dtype !== 'float32') return { f: (...xs) => [apply(xs)], inputs: operands }
  const tangents = moves.map((i) => direction(operands[i]!))
  const f: Map = (...inputs) => {
    const xs = inputs.slice(0, operands.length)
    const ts = inputs.slice(operands.length, -1)
    const covector = inputs.at(-1)!
    const moving: Map = (...moved) => {
      const all = [...xs]
      moves.forEach((operand, i) => (all[operand] = moved[i]!))
      return [apply(all)]
    }
    const at = moves.map((i) => xs[i]!)
    const pullback: Map = (...moved) => vjp(moving, ...moved)[1]([covector])
    const [back, bent] = jvp(pullback, at, ts)
    return [...moving(...at), ...jvp(moving, at, ts)[1], ...back, ...bent]
  }
  return { f, inputs: [...operands, ...tangents, direction(y)] }
}

describe(`every primitive on ${name}`, () => {
  it.each(Object.keys(registry) as PrimitiveName[])('%s, and its derivatives', async (primitive) => {
    const trials = Array.from({ length: 12 }, (_, seed) => trialOf(primitive, seed))
    const inputs = trials.flatMap((trial) => trial.inputs)
    const program = programOf((...xs: Tensor[]) => {
      let next = 0
      return trials.flatMap(({ f, inputs: { length } }) => f(...xs.slice(next, (next += length))))
    }, inputs)
    const data = inputs.map((x) => x.data)
    const expected = exactly(program, data)
    const actual = await resultsOf(program, data)
    expect(actual).toHaveLength(expected.length)
    program.outputs.forEach(({ dtype, shape }, i) => {
      const place = `output ${String(i)}, ${dtype}[${shape.join()}]`
      if (dtype === 'float32') expect(errorAgainst(actual[i]!, expected[i]!), place).toBeLessThan(tolerance.cases)
      else expect(actual[i], place).toEqual(expected[i])
    })
  })
})

/**
 * Largest error, relative to the largest of all values (at least 0.01: what cancels out is as exact as what was there);
 * infinite where what is no finite number is not the same.
 */
const errorOf = (actual: readonly Data[], expected: readonly Data[]): number => {
  let [error, scale] = [0, 1e-2]
  expected.forEach((data, i) => {
    data.forEach((x, n) => {
      const y = actual[i]![n]!
      if (Object.is(x, y) || x === y) scale = Math.max(scale, Number.isFinite(x) ? Math.abs(x) : 0)
      else if (!Number.isFinite(x) || !Number.isFinite(y)) error = Infinity
      else [error, scale] = [Math.max(error, Math.abs(x - y)), Math.max(scale, Math.abs(x))]
    })
  })
  return error / scale
}

/** In another order, rounding may cost so many times what it costs the evaluator in single precision. */
const unlucky = 16

describe(`random programs on ${name}`, () => {
  const count = Number(process.env['SADDLEPOINT_RUNS'] ?? 60)
  it.each(Array.from({ length: count }, (_, seed) => seed))('number %i', async (seed) => {
    const { program, inputs } = randomProgram(seed)
    const single = inputs.map((data) => (data instanceof Float64Array ? Float32Array.from(data) : data))
    const expected = exactly(program, single)
    const actual = await resultsOf(program, single)
    const lost = errorOf(prepare(program, 'float32')(single), expected)
    expect(errorOf(actual, expected)).toBeLessThan(Math.max(tolerance.programs, unlucky * lost))
  })
})

describe('random programs are', () => {
  const programs = Array.from({ length: 300 }, (_, seed) => randomProgram(seed))
  const share = (holds: (one: (typeof programs)[number]) => boolean): number =>
    programs.filter(holds).length / programs.length
  const some = (holds: (node: ReturnType<typeof nodesOf>[number]) => boolean): number =>
    share(({ program }) => nodesOf(program.outputs).some(holds))
  const isProduct = ({ primitive }: { readonly primitive: { readonly name: string } }): boolean =>
    primitive.name === 'dotGeneral'
  const steps = ({ params, operands }: ReturnType<typeof nodesOf>[number]): number =>
    sizeOf((params as { contract: number[][] }).contract[0]!.map((axis) => operands[0]!.shape[axis]!))

  it.each<[string, number, number]>([
    ['of second order', share(({ order }) => order.includes(' of ')), 0.3],
    ['with contractions', some(isProduct), 0.3],
    ['with contractions of one step', some((node) => isProduct(node) && steps(node) === 1), 0.1],
    [
      'with contractions of uneven size',
      some((node) => isProduct(node) && node.shape.some((n) => n > 4 && n % 4 > 0)),
      0.1
    ],
    ['with convolutions', some(({ primitive }) => /^conv($|Input|Filter)/.test(primitive.name)), 0.15],
    ['with axes of extent 1', some(({ shape }) => shape.includes(1)), 0.5],
    ['of some size', some(({ shape }) => sizeOf(shape) > 64), 0.2]
  ])('%s', (_, found, least) => expect(found).toBeGreaterThan(least))
})
